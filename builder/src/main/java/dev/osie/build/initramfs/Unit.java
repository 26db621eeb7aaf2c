package dev.osie.build.initramfs;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.store.Digest;
import dev.osie.build.tree.Tree;
import dev.osie.build.tree.TreePath;
import java.util.List;
import java.util.function.Supplier;

/**
 * A part of the initramfs that is packed, cached and replaced on its own: an image layer, the kernel's modules, the configuration of a
 * bundle.
 *
 * @param name for messages and the manifest, such as {@code kernel modules}
 * @param identity digest of everything that decides the tree; units with equal identities have equal trees
 * @param prefixes the directories the tree is placed in, the empty one being the root; a file placed several times is stored once
 * @param stored whether to leave the archive uncompressed, because its files are compressed already
 * @param tree gives the tree when it has to be packed; not asked when the segment is in the store
 */
public record Unit(String name, Digest identity, List<String> prefixes, boolean stored, Supplier<Tree> tree) {
    public Unit {
        prefixes = prefixes.stream().map(TreePath::of).sorted().toList();
        if (prefixes.isEmpty() || prefixes.stream().distinct().count() < prefixes.size()) {
            throw badInput("the unit " + name
                    + " must be placed somewhere, and once in each place, but it is placed at " + prefixes);
        }
    }

    /** A compressed unit at the root. */
    public static Unit of(String name, Digest identity, Supplier<Tree> tree) {
        return new Unit(name, identity, List.of(""), false, tree);
    }

    /** The same unit placed in other directories. */
    public Unit at(String... newPrefixes) {
        return new Unit(name, identity, List.of(newPrefixes), stored, tree);
    }

    /** The same unit left uncompressed. */
    public Unit uncompressed() {
        return new Unit(name, identity, prefixes, true, tree);
    }
}
