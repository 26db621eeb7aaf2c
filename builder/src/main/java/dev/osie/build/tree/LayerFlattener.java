package dev.osie.build.tree;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Applies layers to one another until one tree is left (OCI image specification, "Applying Changesets"). An initramfs needs it for
 * layers with whiteouts: a cpio archive cannot carry those.
 *
 * <p>A whiteout hides what lower layers have, never what its own layer has, in whatever order the archive lists them. A name of a file
 * that an upper layer replaces leaves the other names of the file alone. A parent that the archive doesn't list and that is a symbolic
 * link to a directory below is followed, as container runtimes do it.
 */
public final class LayerFlattener {
    private static final int MOST_LINKS = 40; // as the kernel's MAXSYMLINKS

    /** Nodes by path. Hard links are resolved: names of one file share one instance of the node. */
    private final NavigableMap<String, Node> merged = new TreeMap<>();

    private final Set<String> implied = new HashSet<>();

    private LayerFlattener() {}

    /**
     * The tree that a container of these layers sees.
     *
     * @param layers bottom first
     */
    public static Tree flatten(List<Layer> layers) {
        LayerFlattener flattener = new LayerFlattener();
        layers.forEach(flattener::apply);
        return flattener.build();
    }

    private void apply(Layer layer) {
        layer.whiteouts().forEach(this::remove);
        layer.opaques().forEach(directory -> below(directory).clear());
        Map<String, Node> files = new HashMap<>();
        Map<String, String> locations = new HashMap<>(Map.of("", ""));
        layer.tree().nodes().forEach((path, node) -> {
            if (node instanceof Node.RegularFile file) {
                files.put(path, new Node.RegularFile(file.attributes(), file.content()));
            }
        });
        layer.tree().nodes().forEach((path, node) -> {
            String location = TreePath.join(locations.get(TreePath.parent(path)), TreePath.name(path));
            if (!(node instanceof Node.Directory)) {
                String file = node instanceof Node.HardLink link ? link.target() : path;
                remove(location);
                merged.put(location, files.getOrDefault(file, node));
            } else if (layer.tree().isImplied(path)) {
                locations.put(path, imply(location, node));
            } else {
                locations.put(path, location);
                put(location, node);
            }
        });
    }

    private void put(String path, Node directory) {
        if (!(merged.get(path) instanceof Node.Directory)) {
            remove(path);
        }
        merged.put(path, directory);
        implied.remove(path);
    }

    private String imply(String path, Node directory) {
        Optional<String> existing = follow(path);
        if (existing.isEmpty()) {
            put(path, directory);
            implied.add(path);
        }
        return existing.orElse(path);
    }

    /** The directory that a path leads to, if it leads to one. */
    private Optional<String> follow(String path) {
        Deque<String> parts = new ArrayDeque<>(List.of(path.split("/")));
        String current = "";
        int links = 0;
        while (!parts.isEmpty()) {
            String part = parts.pop();
            if (part.equals("..")) {
                current = TreePath.parent(current);
            } else if (!part.isEmpty() && !part.equals(".")) {
                String next = TreePath.join(current, part);
                Node node = merged.get(next);
                if (node instanceof Node.Directory) {
                    current = next;
                } else if (node instanceof Node.Symlink link && ++links <= MOST_LINKS) {
                    current = link.target().startsWith("/") ? "" : current;
                    List<String> target = List.of(link.target().split("/"));
                    for (int i = target.size() - 1; i >= 0; i--) {
                        parts.push(target.get(i));
                    }
                } else {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(current);
    }

    private void remove(String path) {
        merged.remove(path);
        implied.remove(path);
        below(path).clear();
    }

    private Map<String, Node> below(String directory) {
        return directory.isEmpty() ? merged : merged.subMap(directory + "/", directory + "0"); // '0' follows '/'
    }

    private Tree build() {
        Tree.Builder tree = new Tree.Builder();
        Map<Node, String> firstNames = new IdentityHashMap<>();
        merged.forEach((path, node) -> {
            String first = node instanceof Node.RegularFile ? firstNames.putIfAbsent(node, path) : null;
            if (first != null) {
                tree.put(path, new Node.HardLink(first));
            } else if (!implied.contains(path) || below(path).isEmpty()) { // else nothing would imply it any more
                tree.put(path, node);
            }
        });
        return tree.build(0);
    }
}
