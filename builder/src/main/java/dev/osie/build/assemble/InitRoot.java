package dev.osie.build.assemble;

import dev.osie.build.compose.Composition;
import dev.osie.build.oci.Image;
import dev.osie.build.runtime.FilesTree;
import dev.osie.build.runtime.ImageDefaults;
import dev.osie.build.spec.FileEntry;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The root as the init images make it, over which the document's {@code files} are laid. */
final class InitRoot implements FilesTree.Surroundings {
    private final Map<String, Node> nodes = new TreeMap<>();
    private final Composition composition;
    private final String document;

    InitRoot(
            List<Image> init, LayerOutline outlines, ImageDefaults defaults, Composition composition, String document) {
        this.composition = composition;
        this.document = document;
        if (init.isEmpty()) {
            return;
        }
        lay(defaults.lowest());
        for (Image image : init) {
            for (Image.Layer layer : image.layers()) {
                lay(outlines.of(layer.blob().digest()));
            }
        }
        lay(defaults.host());
    }

    private void lay(Tree layer) {
        layer.nodes().forEach((path, node) -> {
            if (layer.isImplied(path)) {
                nodes.putIfAbsent(path, node); // it says nothing about mode and owner
            } else {
                nodes.put(path, node);
            }
        });
    }

    @Override
    public Optional<Node> below(String path) {
        return Optional.ofNullable(nodes.get(path));
    }

    @Override
    public Path locate(FileEntry.Source source) {
        return composition.locate(source);
    }

    @Override
    public String metadata() {
        return document;
    }
}
