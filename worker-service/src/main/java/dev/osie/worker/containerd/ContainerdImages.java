package dev.osie.worker.containerd;

import dev.osie.worker.action.Deadline;
import dev.osie.worker.action.Deadline.OutOfTime;
import dev.osie.worker.image.Descriptor;
import dev.osie.worker.image.ImageConfig;
import dev.osie.worker.image.ImageManifest;
import dev.osie.worker.image.ImageReference;
import dev.osie.worker.image.ImageStore;
import dev.osie.worker.image.PullFailure;
import dev.osie.worker.proto.containerd.CreateImageRequest;
import dev.osie.worker.proto.containerd.GetImageRequest;
import dev.osie.worker.proto.containerd.Image;
import dev.osie.worker.proto.containerd.ListImagesRequest;
import dev.osie.worker.proto.containerd.UpdateImageRequest;
import dev.osie.worker.registry.Registries;
import dev.osie.worker.registry.RegistryException;
import dev.osie.worker.registry.Repository;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.Optional;

/**
 * containerd's images, and how they get there. containerd pulls nothing by itself in the releases that are about (its transfer service is not
 * in 1.6): the worker asks the registry, fills the content store and has each layer unpacked. Layers are needed only for that; no image refers
 * to them, so containerd drops them, as what lies in memory should lie there once.
 */
final class ContainerdImages implements ImageStore {
    private static final String SNAPSHOT_OF_CONFIG = "containerd.io/gc.ref.snapshot." + Containerd.SNAPSHOTTER;
    private static final String CONFIG_OF_MANIFEST = "containerd.io/gc.ref.content.config";
    private static final String ARCHITECTURE = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";

    private final Containerd containerd;
    private final Registries registries;

    ContainerdImages(Containerd containerd, Registries registries) {
        this.containerd = containerd;
        this.registries = registries;
    }

    @Override
    public boolean isEmbedded(ImageReference image) {
        Optional<Image> record = record(image);
        return record.isPresent()
                && containerd.images().list(ListImagesRequest.getDefaultInstance()).getImagesList().stream()
                        .anyMatch(other -> other.getName().startsWith(ImageReference.DOCKER_HUB + "/" + EMBEDDED)
                                && other.getTarget()
                                        .getDigest()
                                        .equals(record.get().getTarget().getDigest()));
    }

    @Override
    public boolean isHere(ImageReference image) {
        try {
            return find(image).isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    /** The image, unpacked; empty when containerd hasn't got it or hasn't got all of it. */
    Optional<UnpackedImage> find(ImageReference image) throws IOException {
        Optional<Image> record = record(image);
        if (record.isEmpty()) {
            return Optional.empty();
        }
        ContentStore content = new ContentStore(containerd);
        try {
            ImageManifest manifest = manifest(record.get(), content);
            ImageConfig config = ImageConfig.read(content.read(manifest.config().digest()));
            if (new Unpacker(containerd).unpacked(config) < config.chain().size()) {
                unpackHere(manifest, config);
            }
            return Optional.of(new UnpackedImage(record.get().getName(), config));
        } catch (StatusRuntimeException e) {
            if (Containerd.is(e, Status.Code.NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static ImageManifest manifest(Image image, ContentStore content) throws IOException {
        byte[] document = content.read(image.getTarget().getDigest());
        if (ImageManifest.isIndex(image.getTarget().getMediaType())) {
            document = content.read(ImageManifest.choose(document, ARCHITECTURE).digest());
        }
        return ImageManifest.read(document);
    }

    /** Unpacks an image that somebody else has put into the content store. */
    private void unpackHere(ImageManifest manifest, ImageConfig config) throws IOException {
        Lease lease = Lease.take(containerd);
        Unpacker unpacker = new Unpacker(lease.services());
        compare(manifest, config);
        for (int i = unpacker.unpacked(config); i < config.chain().size(); i++) {
            unpacker.unpack(config, i, manifest.layers().get(i));
        }
        keepSnapshots(manifest, config, new ContentStore(lease.services()));
        lease.release();
    }

    private Optional<Image> record(ImageReference image) {
        try {
            return Optional.of(containerd
                    .images()
                    .get(GetImageRequest.newBuilder().setName(image.full()).build())
                    .getImage());
        } catch (StatusRuntimeException e) {
            if (Containerd.is(e, Status.Code.NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public void pull(ImageReference image, Deadline deadline) throws PullFailure, OutOfTime, InterruptedException {
        Pull pull = new Pull(image);
        Thread thread = new Thread(pull, "pull");
        thread.setDaemon(true);
        thread.start();
        try {
            while (thread.isAlive()) {
                thread.join(Math.min(1000, deadline.millisLeft()));
            }
        } finally {
            if (thread.isAlive()) {
                pull.abort();
                thread.interrupt();
            }
        }
        if (pull.failure.isPresent()) {
            Throwable failure = pull.failure.get();
            boolean lasting = failure instanceof IllegalArgumentException
                    || (failure instanceof RegistryException answer && answer.isLasting());
            throw new PullFailure(failure, lasting);
        }
    }

    private static void compare(ImageManifest manifest, ImageConfig config) throws IOException {
        if (manifest.layers().size() != config.layers().size()) {
            throw new IOException(
                    "the image's manifest has " + manifest.layers().size() + " layers and its configuration "
                            + config.layers().size());
        }
    }

    private static void keepSnapshots(ImageManifest manifest, ImageConfig config, ContentStore content) {
        if (!config.chain().isEmpty()) {
            content.label(
                    manifest.config().digest(),
                    SNAPSHOT_OF_CONFIG,
                    config.chain().get(config.chain().size() - 1));
        }
    }

    /** A pull, in a thread of its own: a connection of java.base doesn't notice that its thread is interrupted. */
    private final class Pull implements Runnable {
        private final ImageReference image;
        private volatile Repository repository;
        private volatile boolean aborted;
        private volatile Optional<Throwable> failure = Optional.of(new IllegalStateException("it ended early"));

        Pull(ImageReference image) {
            this.image = image;
        }

        void abort() {
            aborted = true;
            Repository asked = repository;
            if (asked != null) {
                asked.abort();
            }
        }

        @Override
        public void run() {
            try {
                for (Repository place : registries.repositories(image)) {
                    repository = place;
                    if (!aborted && fetchFrom(place)) {
                        return;
                    }
                }
            } catch (InterruptedException | IllegalArgumentException e) {
                failure = Optional.of(e);
            }
        }

        /** Whether the image could be had there. */
        private boolean fetchFrom(Repository place) throws InterruptedException {
            try {
                fetch(place);
                failure = Optional.empty();
                return true;
            } catch (IOException | StatusRuntimeException e) {
                failure = Optional.of(e);
                return false;
            }
        }

        private void fetch(Repository place) throws IOException, InterruptedException {
            Repository.Document document = place.manifest(image.version());
            if (ImageManifest.isIndex(document.mediaType())) {
                document = place.manifest(
                        ImageManifest.choose(document.bytes(), ARCHITECTURE).digest());
            }
            ImageManifest manifest = ImageManifest.read(document.bytes());
            byte[] configuration = place.document(manifest.config());
            ImageConfig config = ImageConfig.read(configuration);
            compare(manifest, config);

            Lease lease = Lease.take(containerd);
            ContentStore content = new ContentStore(lease.services());
            Unpacker unpacker = new Unpacker(lease.services());
            for (int i = unpacker.unpacked(config); i < config.chain().size(); i++) {
                Descriptor layer = manifest.layers().get(i);
                content.copy(layer, offset -> {
                    Repository.Blob blob = place.blob(layer, offset);
                    return new ContentStore.Content(blob.content(), blob.start());
                });
                unpacker.unpack(config, i, layer);
            }
            content.put(manifest.config(), configuration);
            keepSnapshots(manifest, config, content);
            content.put(document.descriptor(), document.bytes());
            content.label(
                    document.descriptor().digest(),
                    CONFIG_OF_MANIFEST,
                    manifest.config().digest());
            name(document.descriptor());
            lease.release();
        }

        private void name(Descriptor target) {
            Image named = Image.newBuilder()
                    .setName(image.full())
                    .setTarget(dev.osie.worker.proto.containerd.Descriptor.newBuilder()
                            .setMediaType(target.mediaType())
                            .setDigest(target.digest())
                            .setSize(target.size()))
                    .build();
            try {
                containerd
                        .images()
                        .create(CreateImageRequest.newBuilder().setImage(named).build());
            } catch (StatusRuntimeException e) {
                if (!Containerd.is(e, Status.Code.ALREADY_EXISTS)) {
                    throw e;
                }
                containerd
                        .images()
                        .update(UpdateImageRequest.newBuilder().setImage(named).build());
            }
        }
    }
}
