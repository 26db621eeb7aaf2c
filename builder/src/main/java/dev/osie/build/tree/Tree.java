package dev.osie.build.tree;

import static dev.osie.build.failure.BuildException.badInput;

import java.util.Collections;
import java.util.HashSet;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A file-system tree: nodes by path, sorted, in which every entry's parent is a directory of the tree and every hard link leads to a
 * regular file of the tree. The root itself is not an entry.
 */
public final class Tree {
    private final NavigableMap<String, Node> nodes;
    private final Set<String> implied;

    private Tree(NavigableMap<String, Node> nodes, Set<String> implied) {
        this.nodes = nodes;
        this.implied = implied;
    }

    /** The nodes by path. A directory comes before what it holds. */
    public NavigableMap<String, Node> nodes() {
        return nodes;
    }

    public Optional<Node> get(String path) {
        return Optional.ofNullable(nodes.get(path));
    }

    /**
     * Whether the path is a directory that nobody put, and which is there only because it holds something. Such a directory says
     * nothing about mode and owner: where trees are laid over each other, those of a directory that was put count.
     */
    public boolean isImplied(String path) {
        return implied.contains(path);
    }

    /** The same tree at a directory of another. */
    public Tree below(String directory) {
        Builder moved = new Builder();
        nodes.forEach((path, node) -> {
            if (!isImplied(path)) {
                boolean link = node instanceof Node.HardLink;
                String target = link ? TreePath.join(directory, ((Node.HardLink) node).target()) : "";
                moved.put(TreePath.join(directory, path), link ? new Node.HardLink(target) : node);
            }
        });
        return moved.build(0);
    }

    /** Collects nodes in any order; a later node replaces an earlier one of the same path. */
    public static final class Builder {
        private final NavigableMap<String, Node> nodes = new TreeMap<>();

        /** Puts a node at a path of the form that {@link TreePath#of} makes. */
        public Builder put(String path, Node node) {
            if (path.isEmpty()) {
                throw badInput("the root of a tree cannot be replaced");
            }
            nodes.put(path, node);
            return this;
        }

        /** Puts what was put into the other tree; implied directories are made again when needed. */
        public Builder putAll(Tree tree) {
            tree.nodes.forEach((path, node) -> {
                if (!tree.isImplied(path)) {
                    nodes.put(path, node);
                }
            });
            return this;
        }

        /** A link to the file at a path; where a link was put there, to the file that it leads to. */
        Node.HardLink linkTo(String path) {
            return nodes.get(path) instanceof Node.HardLink link ? link : new Node.HardLink(path);
        }

        public boolean contains(String path) {
            return nodes.containsKey(path);
        }

        /** Removes the entry and all below it. */
        public Builder remove(String path) {
            nodes.remove(path);
            nodes.subMap(path + "/", path + "0").clear(); // '0' follows '/'
            return this;
        }

        /**
         * The tree of all nodes put so far. Parents that nobody put are made: root's, mode 0755.
         *
         * @param mtime of the directories that are made, in seconds since 1970
         */
        public Tree build(long mtime) {
            NavigableMap<String, Node> complete = new TreeMap<>(nodes);
            nodes.forEach((path, node) -> {
                addParents(complete, path, mtime);
                if (node instanceof Node.HardLink link && !(nodes.get(link.target()) instanceof Node.RegularFile)) {
                    throw badInput("the hard link '" + path + "' leads to '" + link.target()
                            + "', which is not a regular file of the same tree");
                }
            });
            Set<String> implied = new HashSet<>(complete.keySet());
            implied.removeAll(nodes.keySet());
            return new Tree(Collections.unmodifiableNavigableMap(complete), Collections.unmodifiableSet(implied));
        }

        private static void addParents(NavigableMap<String, Node> complete, String path, long mtime) {
            for (String parent = TreePath.parent(path); !parent.isEmpty(); parent = TreePath.parent(parent)) {
                Node node = complete.putIfAbsent(parent, new Node.Directory(Attributes.root(0755, mtime)));
                if (node != null && !(node instanceof Node.Directory)) {
                    throw badInput("'" + path + "' lies below '" + parent + "', which is not a directory");
                }
            }
        }
    }
}
