package dev.osie.build.toolchain;

import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Trees as the one who runs programs in a workspace has them: all of it that user's, directories that are only implied too. */
final class Owned {
    private Owned() {}

    /** Writes the tree as a tar archive whose entries belong to a user. */
    static void write(Tree tree, long user, Path tar) throws IOException {
        Tree.Builder owned = new Tree.Builder();
        tree.nodes().forEach((path, node) -> owned.put(path, of(node, user)));
        try (OutputStream out = Files.newOutputStream(tar)) {
            TarLayer.write(owned.build(0), out);
        }
    }

    private static Node of(Node node, long user) {
        if (node instanceof Node.Directory directory) {
            return new Node.Directory(directory.attributes().withOwner(user, user));
        }
        if (node instanceof Node.RegularFile file) {
            return new Node.RegularFile(file.attributes().withOwner(user, user).withoutXattrs(), file.content());
        }
        if (node instanceof Node.Symlink link) {
            return new Node.Symlink(link.attributes().withOwner(user, user), link.target());
        }
        return node;
    }
}
