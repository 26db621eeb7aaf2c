package dev.osie.build.image;

import dev.osie.build.oci.Execution;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageConfig;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.LayerFlattener;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Recipes that a test writes, and the images that become of them. */
final class TestRecipes {
    static final Instant EPOCH = Instant.parse("2026-11-21T10:00:00Z");

    private final Path project;
    private final Store store;
    private final TestDebs debs;

    /** Recipes below a directory, whose images lie in a store below it. */
    TestRecipes(Path directory) {
        this.project = directory.resolve("project");
        this.store = Store.open(directory.resolve("store"));
        this.debs = new TestDebs(store);
    }

    TestDebs debs() {
        return debs;
    }

    Store store() {
        return store;
    }

    Recipes recipes() {
        return Recipes.in(project.resolve("images"));
    }

    /** Writes a recipe; its description is there. */
    TestRecipes write(String name, String yaml) throws IOException {
        return source(name, "image.yaml", "description: x\n" + yaml);
    }

    /** Writes a file beside a recipe. */
    TestRecipes source(String recipe, String file, String content) throws IOException {
        Path path = directory(recipe).resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
        return this;
    }

    Path directory(String recipe) {
        return project.resolve("images").resolve(recipe);
    }

    Image build(String name) {
        return build(name, Architecture.X86_64);
    }

    Image build(String name, Architecture architecture) {
        return new ImageBuilder(store, recipes(), debs, architecture, EPOCH, Progress.SILENT)
                .build(List.of(name))
                .get(name);
    }

    /** Makes an image that no recipe made, of one layer. */
    void base(String name, Execution execution, Tree tree) {
        Blob blob = store.write(out -> TarLayer.write(tree, out));
        ImageConfig config = new ImageConfig(
                Platform.linux(Architecture.X86_64),
                Optional.empty(),
                Optional.empty(),
                execution,
                List.of(blob.digest()),
                List.of());
        debs.add(new Layout(store).put(Reference.parse(name), config, List.of(new Image.Layer(blob, "image:" + name))));
    }

    /** What a container of the image sees. */
    Tree tree(Image image) {
        return LayerFlattener.flatten(image.layers().stream()
                .map(layer -> TarLayer.read(store, layer.blob().digest()))
                .toList());
    }

    /** The topmost layer. */
    Tree own(Image image) {
        List<Image.Layer> layers = image.layers();
        return TarLayer.read(store, layers.get(layers.size() - 1).blob().digest())
                .tree();
    }

    static String text(Tree tree, String path) throws IOException {
        try (InputStream in =
                ((Node.RegularFile) tree.get(path).orElseThrow()).content().open()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static Attributes attributes(Tree tree, String path) {
        Node node = tree.get(path).orElseThrow();
        if (node instanceof Node.RegularFile file) {
            return file.attributes();
        } else if (node instanceof Node.Directory directory) {
            return directory.attributes();
        } else if (node instanceof Node.Device device) {
            return device.attributes();
        } else if (node instanceof Node.Fifo fifo) {
            return fifo.attributes();
        }
        return ((Node.Symlink) node).attributes();
    }
}
