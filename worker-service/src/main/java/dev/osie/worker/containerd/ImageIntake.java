package dev.osie.worker.containerd;

import dev.osie.worker.image.Descriptor;
import dev.osie.worker.image.ImageConfig;
import dev.osie.worker.image.ImageManifest;
import dev.osie.worker.image.ImageReference;
import dev.osie.worker.proto.containerd.CreateImageRequest;
import dev.osie.worker.proto.containerd.Image;
import dev.osie.worker.proto.containerd.UpdateImageRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.List;

/**
 * Gives containerd images: fills the content store, has each layer unpacked, and names the whole. Layers are needed only for being unpacked; no
 * image refers to them, so containerd drops them, as what lies in memory should lie there once.
 */
final class ImageIntake {
    private static final String SNAPSHOT_OF_CONFIG = "containerd.io/gc.ref.snapshot." + Snapshots.SNAPSHOTTER;
    private static final String CONFIG_OF_MANIFEST = "containerd.io/gc.ref.content.config";

    private final Containerd containerd;

    ImageIntake(Containerd containerd) {
        this.containerd = containerd;
    }

    /** Where the blobs of an image are. */
    interface Source {
        /** A small blob as a whole, compared with its digest. */
        byte[] document(Descriptor descriptor) throws IOException;

        /** Opens a layer at an offset, or at its start. */
        ContentStore.Content layer(Descriptor descriptor, long offset) throws IOException;

        /** Ends what other threads are waiting for. */
        void abort();
    }

    /**
     * Takes an image in.
     *
     * @param target what its names stand for: its manifest for this machine
     */
    void take(Descriptor target, byte[] document, Source source, List<ImageReference> names)
            throws IOException, InterruptedException {
        ImageManifest manifest = ImageManifest.read(document);
        byte[] configuration = source.document(manifest.config());
        ImageConfig config = ImageConfig.read(configuration);
        compare(manifest, config);

        Lease lease = Lease.take(containerd);
        ContentStore content = new ContentStore(lease.services());
        Unpacker unpacker = new Unpacker(lease.services());
        int there = unpacker.unpacked(config);
        List<Descriptor> layers =
                manifest.layers().subList(there, manifest.layers().size());
        try (LayerFetches fetches = LayerFetches.start(layers, source, content)) {
            for (int i = 0; i < layers.size(); i++) {
                fetches.await(layers.get(i));
                unpacker.unpack(config, there + i, layers.get(i));
            }
        }
        content.put(manifest.config(), configuration);
        keepSnapshots(manifest, config, content);
        content.put(target, document);
        content.label(target.digest(), CONFIG_OF_MANIFEST, manifest.config().digest());
        for (ImageReference name : names) {
            name(name, target);
        }
        lease.release();
    }

    /** Unpacks an image that somebody else has put into the content store. */
    void unpack(ImageManifest manifest, ImageConfig config) throws IOException {
        compare(manifest, config);
        Lease lease = Lease.take(containerd);
        Unpacker unpacker = new Unpacker(lease.services());
        for (int i = unpacker.unpacked(config); i < config.chain().size(); i++) {
            unpacker.unpack(config, i, manifest.layers().get(i));
        }
        keepSnapshots(manifest, config, new ContentStore(lease.services()));
        lease.release();
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

    private void name(ImageReference name, Descriptor target) {
        Image named = Image.newBuilder()
                .setName(name.full())
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
