package dev.osie.build.assemble;

import dev.osie.build.oci.Image;
import dev.osie.build.runtime.ImageDefaults;
import dev.osie.build.runtime.ImageTree.Form;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Layer;
import dev.osie.build.tree.LayerFlattener;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

/** The tree of an image as one, with what LinuxKit drops from it and puts into it. */
final class ImageTrees {
    private static final String MTAB = "etc/mtab";

    private final Store store;
    private final long mtime;

    ImageTrees(Store store, long mtime) {
        this.store = store;
        this.mtime = mtime;
    }

    /** The image's tree as a container has it, or for another form as a volume or the root. */
    Tree tree(Image image, Form form) {
        ImageDefaults defaults = new ImageDefaults(mtime);
        Collection<String> dropped = new ArrayList<>(StackableImages.DROPPED);
        dropped.addAll(List.of("dev/pts", "dev/shm"));
        List<Layer> layers = new ArrayList<>();
        layers.add(layer(defaults.lowest(), List.of()));
        image.layers()
                .forEach(layer -> layers.add(TarLayer.read(store, layer.blob().digest())));
        layers.add(layer(form == Form.CONTAINER ? defaults.container() : defaults.host(), dropped));
        return withOurTime(LayerFlattener.flatten(layers));
    }

    /** LinuxKit gives a link of the image's own the time of what it makes itself. */
    private Tree withOurTime(Tree tree) {
        if (!(tree.get(MTAB).orElse(null) instanceof Node.Symlink link)) {
            return tree;
        }
        return new Tree.Builder()
                .putAll(tree)
                .put(MTAB, new Node.Symlink(link.attributes().withMtime(mtime), link.target()))
                .build(mtime);
    }

    /** Equal identities mean equal trees. */
    Digest identity(Image image, Form form) {
        return Digest.ofText("image tree 1 " + form + " " + mtime + " " + image.layers());
    }

    private static Layer layer(Tree tree, Collection<String> whiteouts) {
        return new Layer(tree, new TreeSet<>(whiteouts), Collections.emptySortedSet());
    }
}
