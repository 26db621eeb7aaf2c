package dev.osie.build.assemble;

import dev.osie.build.oci.Image;
import dev.osie.build.spec.KernelSection;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import dev.osie.build.tree.LayerFlattener;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import dev.osie.build.tree.TreeLinks;
import dev.osie.build.yaml.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A kernel and what goes with it, as LinuxKit's kernel images have it.
 *
 * @param description for people
 * @param vmlinuz the kernel
 * @param modules uncompressed tar archive that is laid over the root
 * @param ucode processor microcode: an uncompressed cpio archive that goes before everything else
 * @param reasons why each module is among them, by its path in the root, where that is known
 * @param image by which a document names the kernel
 */
record KernelImage(
        String description,
        Blob vmlinuz,
        Optional<Blob> modules,
        Optional<Blob> ucode,
        SortedMap<String, String> reasons,
        Image image) {
    private static final int NAMES_SHOWN = 8;

    /** What a tar archive has in its first header (POSIX, "ustar Interchange Format"). */
    private static final String MAGIC = "ustar";

    private static final int MAGIC_AT = 257;

    /** Takes the kernel out of an image: the files that the section {@code kernel} names, at the image's root. */
    static KernelImage of(KernelSection section, Image image, Store store) {
        Tree tree = LayerFlattener.flatten(image.layers().stream()
                .map(layer -> TarLayer.read(store, layer.blob().digest()))
                .toList());
        return new KernelImage(
                image.name().toString(),
                file(tree, section.binary(), section, image, store),
                section.tar()
                        .map(name -> archive(file(tree, name, section, image, store), name, section, image, store)),
                section.ucode().map(name -> file(tree, name, section, image, store)),
                Collections.emptySortedMap(),
                image);
    }

    /** A kernel is often a link to the one of the release: {@code kernel -> vmlinuz-6.12}. */
    private static Blob file(Tree tree, String name, KernelSection section, Image image, Store store) {
        Optional<Node> node = new TreeLinks(tree::get).resolve(name, true).flatMap(tree::get);
        if (node.orElse(null) instanceof Node.HardLink link) {
            node = tree.get(link.target());
        }
        if (node.orElse(null) instanceof Node.RegularFile file) {
            return store.write(out -> {
                try (InputStream in = file.content().open()) {
                    in.transferTo(out);
                }
            });
        }
        String found = tree.get(name).isPresent()
                ? "'" + name + "' in the kernel image " + image.name() + " is not a file, nor a link to one"
                : "the kernel image " + image.name() + " has no file '" + name + "' at its root";
        throw Problems.failure(section.position(), found + "; it has " + names(tree));
    }

    /** A compressed one would be passed over, and the modules with it. */
    private static Blob archive(Blob blob, String name, KernelSection section, Image image, Store store) {
        try (InputStream in = store.read(blob.digest())) {
            byte[] start = in.readNBytes(MAGIC_AT + MAGIC.length());
            boolean empty = blob.size() == 0 || start[0] == 0;
            boolean tar = new String(start, StandardCharsets.ISO_8859_1).startsWith(MAGIC, MAGIC_AT);
            if (!empty && !tar) {
                throw Problems.failure(
                        section.position(),
                        "'" + name + "' in the kernel image " + image.name() + " is not an uncompressed tar archive");
            }
            return blob;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String names(Tree tree) {
        List<String> names =
                tree.nodes().keySet().stream().limit(NAMES_SHOWN + 1).toList();
        return names.size() > NAMES_SHOWN
                ? String.join(", ", names.subList(0, NAMES_SHOWN)) + ", …"
                : names.isEmpty() ? "no files" : String.join(", ", names);
    }
}
