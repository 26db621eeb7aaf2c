package dev.osie.build.assemble;

import dev.osie.build.oci.Image;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import dev.osie.build.tree.LayerFlattener;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import dev.osie.build.tree.TreeLinks;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The files at the root of a kernel image (LinuxKit, "kernel" section). */
final class KernelImageFiles {
    private static final int NAMES_SHOWN = 8;

    /** What a tar archive has in its first header (POSIX, "ustar Interchange Format"). */
    private static final String MAGIC = "ustar";

    private static final int MAGIC_AT = 257;

    private final Image image;
    private final Tree tree;
    private final Position position;
    private final Store store;

    /**
     * The files of an image.
     *
     * @param position where the image is named, for messages
     */
    KernelImageFiles(Image image, Position position, Store store) {
        this.image = image;
        this.tree = LayerFlattener.flatten(image.layers().stream()
                .map(layer -> TarLayer.read(store, layer.blob().digest()))
                .toList());
        this.position = position;
        this.store = store;
    }

    Tree tree() {
        return tree;
    }

    /** A kernel is often a link to the one of the release: {@code kernel -> vmlinuz-6.12}. */
    Node.RegularFile node(String name) {
        Optional<Node> node = new TreeLinks(tree::get).resolve(name, true).flatMap(tree::get);
        if (node.orElse(null) instanceof Node.HardLink link) {
            node = tree.get(link.target());
        }
        if (node.orElse(null) instanceof Node.RegularFile file) {
            return file;
        }
        String found = tree.get(name).isPresent()
                ? "'" + name + "' in the kernel image " + image.name() + " is not a file, nor a link to one"
                : "the kernel image " + image.name() + " has no file '" + name + "' at its root";
        throw Problems.failure(position, found + "; it has " + names());
    }

    /** A file as a blob of the store. */
    Blob file(String name) {
        Node.RegularFile file = node(name);
        return store.write(out -> {
            try (InputStream in = file.content().open()) {
                in.transferTo(out);
            }
        });
    }

    /** An uncompressed tar archive. A compressed one would be passed over, and the modules with it. */
    Blob archive(String name) {
        Blob blob = file(name);
        try (InputStream in = store.read(blob.digest())) {
            byte[] start = in.readNBytes(MAGIC_AT + MAGIC.length());
            boolean empty = blob.size() == 0 || start[0] == 0;
            boolean tar = new String(start, StandardCharsets.ISO_8859_1).startsWith(MAGIC, MAGIC_AT);
            if (!empty && !tar) {
                throw Problems.failure(
                        position,
                        "'" + name + "' in the kernel image " + image.name() + " is not an uncompressed tar archive");
            }
            return blob;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String names() {
        List<String> names =
                tree.nodes().keySet().stream().limit(NAMES_SHOWN + 1).toList();
        return names.size() > NAMES_SHOWN
                ? String.join(", ", names.subList(0, NAMES_SHOWN)) + ", …"
                : names.isEmpty() ? "no files" : String.join(", ", names);
    }
}
