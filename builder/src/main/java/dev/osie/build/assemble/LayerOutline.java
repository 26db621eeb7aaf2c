package dev.osie.build.assemble;

import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.util.Optional;

/** The nodes of layers without the contents of their files: a layer whose files are empty, kept so that a large one is read once. */
final class LayerOutline {
    private final Store store;

    LayerOutline(Store store) {
        this.store = store;
    }

    Tree of(Digest layer) {
        StepKey key = StepKey.of("layer-outline", 3).with("layer", layer);
        Optional<Digest> earlier = store.recall(key).map(Digest::parse).filter(store::contains);
        if (earlier.isPresent()) {
            return TarLayer.read(store, earlier.get()).tree();
        }
        Tree.Builder emptied = new Tree.Builder();
        Tree tree = TarLayer.read(store, layer).tree();
        tree.nodes().forEach((path, node) -> {
            if (!tree.isImplied(path)) {
                emptied.put(path, emptied(node));
            }
        });
        Tree outline = emptied.build(0);
        Blob blob = store.write(out -> TarLayer.write(outline, out));
        store.remember(key, blob.digest().toString());
        return outline;
    }

    private static Node emptied(Node node) {
        return node instanceof Node.RegularFile file
                ? new Node.RegularFile(file.attributes(), Content.of(new byte[0]))
                : node;
    }
}
