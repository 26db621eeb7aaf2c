package dev.osie.build.assemble;

import dev.osie.build.oci.Image;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Layer;
import dev.osie.build.tree.LayerFlattener;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Joins the lists of installed packages that Alpine's images bring: laid over each other, only the last one would be left. */
final class PackageDatabases {
    private static final String DATABASE = "lib/apk/db/installed";
    private static final long MTIME = 0;

    private PackageDatabases() {}

    /** The joined list as a tree for the root; nothing unless two images or more have one. */
    static Optional<Tree> of(List<Image> images, Store store) {
        LayerOutline outlines = new LayerOutline(store);
        List<Content> databases = new ArrayList<>();
        for (Image image : images) {
            boolean any = image.layers().stream()
                    .anyMatch(layer ->
                            outlines.of(layer.blob().digest()).get(DATABASE).isPresent());
            if (any) {
                content(image, store).ifPresent(databases::add);
            }
        }
        return databases.size() < 2 ? Optional.empty() : Optional.of(joined(databases));
    }

    private static Optional<Content> content(Image image, Store store) {
        List<Layer> layers = image.layers().stream()
                .map(layer -> TarLayer.read(store, layer.blob().digest()))
                .toList();
        return LayerFlattener.flatten(layers)
                .get(DATABASE)
                .flatMap(
                        node -> node instanceof Node.RegularFile file ? Optional.of(file.content()) : Optional.empty());
    }

    private static Tree joined(List<Content> databases) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Content database : databases) {
            try (InputStream in = database.open()) {
                in.transferTo(all);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            all.write('\n');
            all.write('\n');
        }
        Content content = Content.of(all.toByteArray());
        return new Tree.Builder()
                .put(DATABASE, new Node.RegularFile(Attributes.root(0644, MTIME), content))
                .build(MTIME);
    }
}
