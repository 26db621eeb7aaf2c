package dev.osie.build.tree;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Follows the symbolic links of a tree, as a kernel would with that tree as its root: what is put at {@code lib/x} belongs to
 * {@code usr/lib/x} where {@code lib} is a link. Without this, the archive's own entry for the directory {@code lib} would replace the
 * link.
 */
public final class TreeLinks {
    /** As many as Linux follows (path_resolution(7)). */
    private static final int MAX_LINKS = 40;

    private final Function<String, Optional<Node>> nodes;

    public TreeLinks(Function<String, Optional<Node>> nodes) {
        this.nodes = nodes;
    }

    /**
     * The path without links.
     *
     * @param followLast whether a link at the path itself is followed too
     * @return nothing if there are too many links
     */
    public Optional<String> resolve(String path, boolean followLast) {
        Deque<String> left = new ArrayDeque<>(List.of(path.split("/")));
        String done = "";
        int links = 0;
        while (!left.isEmpty()) {
            String part = left.pop();
            if (part.isEmpty() || part.equals(".")) {
                continue;
            }
            if (part.equals("..")) {
                done = TreePath.parent(done);
                continue;
            }
            String next = TreePath.join(done, part);
            boolean follow = !left.isEmpty() || followLast;
            if (follow && nodes.apply(next).orElse(null) instanceof Node.Symlink link) {
                if (++links > MAX_LINKS) {
                    return Optional.empty();
                }
                String[] target = link.target().split("/");
                for (int i = target.length - 1; i >= 0; i--) {
                    left.push(target[i]);
                }
                done = link.target().startsWith("/") ? "" : done;
            } else {
                done = next;
            }
        }
        return Optional.of(done).filter(resolved -> !resolved.isEmpty());
    }
}
