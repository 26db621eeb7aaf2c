package dev.osie.build.assemble;

import dev.osie.build.oci.Image;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Layer;
import dev.osie.build.tree.LayerFlattener;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Gives images the layers that an initramfs and an overlay mount can lay over each other. Most images have them already, and share them.
 * An image with whiteouts, or whose layers put files below a directory of a lower layer without saying which mode it has, becomes one
 * layer. What LinuxKit drops from every image ({@link #DROPPED}) is dropped from the layer that has it.
 */
final class StackableImages {
    /** What belongs to the container that an image was made in, not to the image. */
    static final List<String> DROPPED = List.of(".dockerenv", "Dockerfile", "dev/console", "etc/hostname");

    private static final Attributes IMPLIED = Attributes.root(0755, 0);
    private static final Layer REMOVAL =
            new Layer(new Tree.Builder().build(0), new TreeSet<>(DROPPED), Collections.emptySortedSet());

    private final Store store;

    StackableImages(Store store) {
        this.store = store;
    }

    /** The same image with layers that can be stacked; its name and manifest stay. */
    Image stackable(Image image) {
        StepKey key = StepKey.of("stackable", 1)
                .withAll(
                        "layers",
                        image.layers().stream()
                                .map(layer -> layer.blob().digest())
                                .toList());
        List<Blob> blobs = store.recall(key)
                .map(StackableImages::decode)
                .filter(known -> known.stream().allMatch(store::contains))
                .orElseGet(() -> {
                    List<Blob> made = stack(image);
                    store.remember(
                            key, made.stream().map(StackableImages::encode).collect(Collectors.joining("\n")));
                    return made;
                });
        return new Image(image.name(), image.manifest(), image.config(), layers(image, blobs), image.kept());
    }

    /** As many blobs as layers replace them one by one; a single one stands for all. */
    private static List<Image.Layer> layers(Image image, List<Blob> blobs) {
        List<Image.Layer> layers = new ArrayList<>();
        for (int i = 0; i < blobs.size(); i++) {
            boolean own = blobs.size() == image.layers().size();
            String origin =
                    own ? image.layers().get(i).origin() : image.layers().size() + " layers of " + image.name();
            layers.add(new Image.Layer(blobs.get(i), origin));
        }
        return layers;
    }

    private List<Blob> stack(Image image) {
        List<Layer> layers = image.layers().stream()
                .map(layer -> TarLayer.read(store, layer.blob().digest()))
                .toList();
        if (!canBeStacked(layers)) {
            List<Layer> all = new ArrayList<>(layers);
            all.add(REMOVAL);
            return List.of(write(all));
        }
        List<Blob> blobs = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            Tree tree = layers.get(i).tree();
            boolean clean = DROPPED.stream().noneMatch(path -> tree.get(path).isPresent());
            blobs.add(clean ? image.layers().get(i).blob() : write(List.of(layers.get(i), REMOVAL)));
        }
        return blobs;
    }

    private Blob write(List<Layer> layers) {
        Tree tree = LayerFlattener.flatten(layers);
        return store.write(out -> TarLayer.write(tree, out));
    }

    /**
     * Whether an overlay shows what the layers mean. Each directory of an overlay has the mode and owner of its topmost layer, even where
     * that layer's archive doesn't list the directory; and such a directory hides a symbolic link below, which it should follow.
     */
    static boolean canBeStacked(List<Layer> layers) {
        Map<String, Node> below = new TreeMap<>();
        for (Layer layer : layers) {
            Tree tree = layer.tree();
            if (!layer.isPlain()
                    || tree.nodes().keySet().stream()
                            .anyMatch(path -> tree.isImplied(path) && changes(below.get(path)))) {
                return false;
            }
            tree.nodes().forEach((path, node) -> {
                if (!tree.isImplied(path)) {
                    below.put(path, node);
                }
            });
        }
        return true;
    }

    private static boolean changes(Node below) {
        return below instanceof Node.Symlink
                || below instanceof Node.Directory directory
                        && !directory.attributes().withMtime(0).equals(IMPLIED);
    }

    private static String encode(Blob blob) {
        return blob.digest() + " " + blob.size();
    }

    private static List<Blob> decode(String text) {
        return text.lines()
                .map(line -> line.split(" "))
                .map(words -> new Blob(Digest.parse(words[0]), Long.parseLong(words[1])))
                .toList();
    }
}
