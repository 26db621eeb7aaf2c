package dev.osie.worker.containerd;

import dev.osie.worker.action.Deadline;
import dev.osie.worker.action.Deadline.OutOfTime;
import dev.osie.worker.image.Descriptor;
import dev.osie.worker.image.ImageConfig;
import dev.osie.worker.image.ImageManifest;
import dev.osie.worker.image.ImageReference;
import dev.osie.worker.image.ImageStore;
import dev.osie.worker.image.PullFailure;
import dev.osie.worker.proto.containerd.GetImageRequest;
import dev.osie.worker.proto.containerd.Image;
import dev.osie.worker.proto.containerd.ListImagesRequest;
import dev.osie.worker.registry.Registries;
import dev.osie.worker.registry.RegistryException;
import dev.osie.worker.registry.Repository;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * containerd's images, and how they get there. containerd pulls nothing by itself in the releases that are about (its transfer service is not
 * in 1.6): the worker asks the registry.
 */
final class ContainerdImages implements ImageStore {
    private static final String ARCHITECTURE = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";

    private final Containerd containerd;
    private final Registries registries;
    private final EmbeddedImages embedded;

    ContainerdImages(Containerd containerd, Registries registries, EmbeddedImages embedded) {
        this.containerd = containerd;
        this.registries = registries;
        this.embedded = embedded;
    }

    @Override
    public void prepare(Deadline deadline) throws OutOfTime, InterruptedException {
        embedded.takeIn(containerd, deadline);
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
                new ImageIntake(containerd).unpack(manifest, config);
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
            new ImageIntake(containerd)
                    .take(document.descriptor(), document.bytes(), new RegistrySource(place), List.of(image));
        }
    }

    /** The blobs as a registry has them. */
    private record RegistrySource(Repository repository) implements ImageIntake.Source {
        @Override
        public byte[] document(Descriptor descriptor) throws IOException {
            return repository.document(descriptor);
        }

        @Override
        public ContentStore.Content layer(Descriptor descriptor, long offset) throws IOException {
            Repository.Blob blob = repository.blob(descriptor, offset);
            return new ContentStore.Content(blob.content(), blob.start());
        }

        @Override
        public void abort() {
            repository.abort();
        }
    }
}
