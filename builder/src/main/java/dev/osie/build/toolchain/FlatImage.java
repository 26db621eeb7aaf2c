package dev.osie.build.toolchain;

import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageConfig;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Reference;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Layer;
import dev.osie.build.tree.LayerFlattener;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.util.List;

/** Images in one layer: a package is a layer here, and Docker stacks no more than 127. */
final class FlatImage {
    private FlatImage() {}

    /** The same files and configuration in one layer, under a name that tells the content. */
    static Image of(Store store, Image image) {
        Layout layout = new Layout(store);
        Reference name =
                Reference.parse("osie-build/toolchain:" + image.manifest().hex().substring(0, 12));
        StepKey key = StepKey.of("flat-image", 1).with("image", image.manifest());
        return store.recall(key)
                .map(Digest::parse)
                .filter(layout::holds)
                .map(manifest -> layout.read(name, manifest))
                .orElseGet(() -> {
                    Image flat = flatten(store, layout, name, image);
                    store.remember(key, flat.manifest().toString());
                    return flat;
                });
    }

    private static Image flatten(Store store, Layout layout, Reference name, Image image) {
        List<Layer> layers = image.layers().stream()
                .map(layer -> TarLayer.read(store, layer.blob().digest()))
                .toList();
        Tree flat = LayerFlattener.flatten(layers);
        // Docker may give a directory that an archive only implies to root alone.
        Tree.Builder explicit = new Tree.Builder();
        flat.nodes().forEach(explicit::put);
        Tree tree = explicit.build(0);
        Blob blob = store.write(out -> TarLayer.write(tree, out));
        ImageConfig config = new ImageConfig(
                image.config().platform(),
                image.config().created(),
                image.config().author(),
                image.config().execution(),
                List.of(blob.digest()),
                List.of());
        return layout.keep(name, config.toBytes(), List.of(new Image.Layer(blob, "layers of " + image.name())));
    }
}
