package dev.osie.build.image;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.store.Blob;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Layer;
import dev.osie.build.tree.LayerFlattener;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What lies below a recipe's own files: the layers of {@code from}, of packages, of Java. What is often asked of them is remembered, so that
 * they are not read again when only the recipe changes.
 */
final class LowerLayers {
    private static final int VERSION = 1;
    /** More than any machine has accounts. */
    private static final int MOST_BYTES = 1 << 20;

    private static final String PASSWD = "etc/passwd";
    private static final String GROUP = "etc/group";
    private static final List<String> ASKED_FOR = List.of(PASSWD, GROUP);

    private final Store store;
    private final List<Blob> layers;
    private final LayerCache cache;
    private Optional<Tree> tree = Optional.empty();
    private Optional<List<String>> outline = Optional.empty();

    /** @param layers bottom first */
    LowerLayers(Store store, LayerCache cache, List<Blob> layers) {
        this.store = store;
        this.cache = cache;
        this.layers = List.copyOf(layers);
    }

    /** Adds to a step's key what these layers are. */
    void addTo(StepKey key) {
        key.withAll("below", layers.stream().map(Blob::digest).toList());
    }

    /** The text of {@code etc/passwd}; empty when there is none. */
    String passwd() {
        return outline().get(0);
    }

    /** The text of {@code etc/group}; empty when there is none. */
    String group() {
        return outline().get(1);
    }

    /** Which of the directories that a merged /usr has as links are directories. */
    Set<String> directories() {
        return words(outline().get(2));
    }

    /** Which of them are there at all. */
    Set<String> present() {
        return words(outline().get(3));
    }

    private static Set<String> words(String text) {
        return new TreeSet<>(text.lines().toList());
    }

    private List<String> outline() {
        if (outline.isEmpty()) {
            StepKey key = StepKey.of("outline of layers", VERSION);
            addTo(key);
            List<Blob> texts = cache.get(
                    key,
                    () -> makeOutline().stream()
                            .map(text -> store.put(text.getBytes(StandardCharsets.UTF_8)))
                            .toList());
            outline = Optional.of(texts.stream()
                    .map(blob -> new String(store.readAllBytes(blob.digest()), StandardCharsets.UTF_8))
                    .toList());
        }
        return outline.get();
    }

    private List<String> makeOutline() {
        Tree all = LayerFlattener.flatten(layers.stream().map(this::glance).toList());
        List<String> directories = new ArrayList<>();
        List<String> present = new ArrayList<>();
        for (String link : UsrMerge.LINKS) {
            Optional<Node> node = all.get(link);
            node.ifPresent(any -> present.add(link));
            node.filter(Node.Directory.class::isInstance).ifPresent(any -> directories.add(link));
        }
        return List.of(text(all, PASSWD), text(all, GROUP), String.join("\n", directories), String.join("\n", present));
    }

    /** A layer that is compared with its digest only if it has something that is asked for: hashing all takes longer than the rest. */
    private Layer glance(Blob layer) {
        try {
            Layer read = TarLayer.read(store.path(layer.digest()));
            boolean relevant =
                    ASKED_FOR.stream().anyMatch(path -> read.tree().get(path).isPresent());
            return relevant ? TarLayer.read(store, layer.digest()) : read;
        } catch (IOException | IllegalArgumentException e) {
            return TarLayer.read(store, layer.digest()); // which says what is wrong
        }
    }

    private static String text(Tree all, String path) {
        return file(all, path).map(file -> text(path, file.content())).orElse("");
    }

    private static String text(String path, Content content) {
        try (InputStream in = content.open()) {
            return new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw unavailable("Tried to read " + path + " of an image, but " + e.getMessage())
                    .because(e);
        }
    }

    /** The regular file at a path, whichever of its names that is. */
    Optional<Node.RegularFile> file(String path) {
        return file(tree(), path);
    }

    private static Optional<Node.RegularFile> file(Tree all, String path) {
        Optional<Node> node = all.get(path);
        if (node.isPresent() && node.get() instanceof Node.HardLink link) {
            node = all.get(link.target());
        }
        return node.filter(Node.RegularFile.class::isInstance).map(Node.RegularFile.class::cast);
    }

    /** All that the layers come to. */
    Tree tree() {
        if (tree.isEmpty()) {
            tree = Optional.of(LayerFlattener.flatten(layers.stream()
                    .map(layer -> TarLayer.read(store, layer.digest()))
                    .toList()));
        }
        return tree.get();
    }
}
