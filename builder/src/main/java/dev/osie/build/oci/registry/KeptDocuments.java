package dev.osie.build.oci.registry;

import dev.osie.build.oci.Descriptor;
import dev.osie.build.oci.ImageConfig;
import dev.osie.build.oci.Index;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Manifest;
import dev.osie.build.oci.Platform;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The manifests and indexes of registries that lie in the store. From the digest of one, everything else follows by digests: the
 * configuration, and from that the uncompressed layers. So nothing but the digest has to be believed, wherever the store's content is from.
 */
final class KeptDocuments {
    private static final int MOST_BYTES = 4 << 20;

    private final Store store;
    private final Platform platform;

    KeptDocuments(Store store, Architecture architecture) {
        this.store = store;
        this.platform = Platform.linux(architecture);
    }

    /** The parts of an image. */
    record Parts(byte[] config, List<Blob> layers) {}

    /** The manifest that an index names for the architecture, if the index is there. */
    Optional<Digest> ofIndex(Digest index) {
        return document(index)
                .flatMap(Index::read)
                .flatMap(read -> read.find(platform))
                .map(Descriptor::digest);
    }

    /** The image of a manifest, if all of it is there and it is made for the architecture. */
    Optional<Parts> image(Digest digest) {
        return document(digest)
                .filter(document -> Index.read(document).isEmpty())
                .map(Manifest::read)
                .filter(manifest -> !Layout.isOwn(manifest))
                .flatMap(this::parts);
    }

    private Optional<Parts> parts(Manifest manifest) {
        Descriptor descriptor = manifest.config();
        if (!store.contains(descriptor.blob())) {
            return Optional.empty();
        }
        byte[] document = store.readAllBytes(descriptor.digest());
        ImageConfig config = ImageConfig.read(document);
        List<Blob> layers = new ArrayList<>();
        for (Digest diffId : config.diffIds()) {
            store.find(diffId).ifPresent(layers::add);
        }
        boolean whole = layers.size() == config.diffIds().size()
                && layers.size() == manifest.layers().size();
        return whole && config.platform().suits(platform) ? Optional.of(new Parts(document, layers)) : Optional.empty();
    }

    private Optional<byte[]> document(Digest digest) {
        return store.find(digest)
                .filter(blob -> blob.size() <= MOST_BYTES)
                .map(Blob::digest)
                .map(store::readAllBytes);
    }
}
