package dev.osie.build.image;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.util.List;

/**
 * The file system layout of Debian since bookworm: {@code bin}, {@code sbin}, {@code lib} and {@code lib64} are links into {@code usr}. A
 * layer that lays a directory over such a link would hide what is behind it, so entries move to where the link leads.
 */
final class UsrMerge {
    static final List<String> LINKS = List.of("bin", "sbin", "lib", "lib64");

    private UsrMerge() {}

    /** Where a path lies once the directories are merged. */
    static String path(String path) {
        return LINKS.contains(path.split("/", 2)[0]) ? "usr/" + path : path;
    }

    /** The same files where the links lead; links and directories that the links stand for are left out. */
    static Tree apply(Tree tree) {
        Tree.Builder merged = new Tree.Builder();
        tree.nodes().forEach((path, node) -> {
            boolean isLink = LINKS.contains(path) && node instanceof Node.Symlink;
            boolean isThere = node instanceof Node.Directory && merged.contains(path(path));
            if (isLink || isThere) {
                return;
            }
            if (merged.contains(path(path))) {
                throw badInput("'" + path + "' and '" + path(path) + "' are the same file once /usr is merged");
            }
            merged.put(path(path), node instanceof Node.HardLink link ? new Node.HardLink(path(link.target())) : node);
        });
        return merged.build(0);
    }
}
