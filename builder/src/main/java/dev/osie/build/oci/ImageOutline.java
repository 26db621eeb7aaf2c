package dev.osie.build.oci;

import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.store.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What an image consists of, without its content.
 *
 * @param manifest digest of the manifest; empty where images have none
 * @param manifestDocument as its maker wrote it: the manifest, or the archive's entry that stands for one
 * @param configDocument as its maker wrote it
 * @param config of the image
 * @param layers bottom first
 */
public record ImageOutline(
        Optional<Digest> manifest,
        String manifestDocument,
        String configDocument,
        ImageConfig config,
        List<Layer> layers) {
    public ImageOutline {
        layers = List.copyOf(layers);
    }

    /**
     * A layer.
     *
     * @param compression as it is there; empty when its media type is none of a layer
     * @param digest of the layer as it is there; empty when only that of the uncompressed layer is known
     * @param diffId digest of the uncompressed layer
     * @param size in bytes as it is there
     * @param origin what it was made from, for people; empty when nobody says
     */
    public record Layer(
            Optional<LayerCompression> compression, Optional<Digest> digest, Digest diffId, long size, String origin) {}

    /** Of an image with a manifest. */
    public static ImageOutline of(Digest digest, byte[] manifestDocument, byte[] configDocument) {
        Manifest manifest = Manifest.read(manifestDocument);
        ImageConfig config = ImageConfig.read(configDocument);
        if (config.diffIds().size() != manifest.layers().size()) {
            throw verification(
                    "The manifest " + digest + " names " + manifest.layers().size() + " layers, and its configuration "
                            + config.diffIds().size() + ".");
        }
        List<String> origins = origins(config);
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < manifest.layers().size(); i++) {
            Descriptor layer = manifest.layers().get(i);
            layers.add(new Layer(
                    LayerCompression.ofMediaType(layer.mediaType()),
                    Optional.of(layer.digest()),
                    config.diffIds().get(i),
                    layer.size(),
                    origin(layer.annotations().getOrDefault(Layout.ORIGIN, ""), origins.get(i))));
        }
        return new ImageOutline(Optional.of(digest), text(manifestDocument), text(configDocument), config, layers);
    }

    /** What the store noted, unless that is no more than the image, and the image itself says more. */
    private static String origin(String noted, String history) {
        return noted.isEmpty() || noted.startsWith("image:") && !history.isEmpty() ? history : noted;
    }

    /** What the history says of each layer, bottom first; empty texts where it says nothing. */
    public static List<String> origins(ImageConfig config) {
        Iterator<String> steps = config.history().stream()
                .filter(step -> !step.emptyLayer())
                .map(step -> step.createdBy().orElse(""))
                .iterator();
        List<String> origins = new ArrayList<>();
        config.diffIds().forEach(layer -> origins.add(steps.hasNext() ? steps.next() : ""));
        return origins;
    }

    private static String text(byte[] document) {
        return new String(document, StandardCharsets.UTF_8);
    }
}
