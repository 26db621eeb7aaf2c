package dev.osie.build.oci;

import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import java.util.List;

/**
 * An image whose parts lie in the store.
 *
 * @param name the name the image layout knows it by, such as {@code osie-build/docker:x86_64}
 * @param manifest digest of its manifest
 * @param config how it runs
 * @param layers bottom first
 * @param kept digest of the manifest that names the layers as they lie in the store, uncompressed; a registry's manifest doesn't
 */
public record Image(Reference name, Digest manifest, ImageConfig config, List<Layer> layers, Digest kept) {
    public Image {
        layers = List.copyOf(layers);
    }

    /** An image whose manifest names its layers as they lie in the store. */
    public Image(Reference name, Digest manifest, ImageConfig config, List<Layer> layers) {
        this(name, manifest, config, layers, manifest);
    }

    /** The name by which a document pins it: {@code osie-build/docker@sha256:…}. */
    public Reference pinned() {
        return name.at(manifest);
    }

    /**
     * A layer of an image: an uncompressed tar archive.
     *
     * @param blob the archive
     * @param origin what the layer was made from, for people: {@code debian:kmod 34.2-2}, {@code recipe:images/init}
     */
    public record Layer(Blob blob, String origin) {}
}
