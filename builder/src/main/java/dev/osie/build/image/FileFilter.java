package dev.osie.build.image;

import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import dev.osie.build.tree.TreePath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Decides which files of a Debian package an image gets: all but those a running system never reads and those the recipe removes, plus
 * those the recipe keeps.
 */
public final class FileFilter {
    /** Documentation, translations, and what serves only developers, desktops, or dpkg. */
    private static final List<String> NEVER_READ = List.of(
            "usr/share/apport",
            "usr/share/bash-completion",
            "usr/share/bug",
            "usr/share/doc",
            "usr/share/doc-base",
            "usr/share/fish",
            "usr/share/gtk-doc",
            "usr/share/info",
            "usr/share/lintian",
            "usr/share/locale",
            "usr/share/man",
            "usr/share/menu",
            "usr/share/metainfo",
            "usr/share/zsh");

    /** The files a package has, but those that no running system reads. */
    public static final FileFilter DEFAULT = of(List.of(), List.of());

    private final List<Glob> removed;
    private final List<Glob> kept;

    private FileFilter(List<Glob> removed, List<Glob> kept) {
        this.removed = removed;
        this.kept = kept;
    }

    /**
     * A filter that removes more than the default one does.
     *
     * @param remove globs of paths to remove
     * @param keep globs of paths to keep, whatever else matches them
     */
    public static FileFilter of(List<String> remove, List<String> keep) {
        List<String> all = new ArrayList<>(NEVER_READ);
        all.addAll(remove);
        return new FileFilter(
                all.stream().distinct().sorted().map(Glob::new).toList(),
                keep.stream().distinct().sorted().map(Glob::new).toList());
    }

    /** This filter with more that is removed and kept. */
    FileFilter and(List<String> remove, List<String> keep) {
        return remove.isEmpty() && keep.isEmpty() ? this : new FileFilter(joined(removed, remove), joined(kept, keep));
    }

    private static List<Glob> joined(List<Glob> globs, List<String> more) {
        return Stream.concat(globs.stream().map(Glob::toString), more.stream())
                .distinct()
                .sorted()
                .map(Glob::new)
                .toList();
    }

    private boolean drops(String path) {
        return removed.stream().anyMatch(glob -> glob.matches(path))
                && kept.stream().noneMatch(glob -> glob.matches(path));
    }

    /** What is left of a tree. A directory that the filter emptied goes too; one that was empty stays. */
    Tree apply(Tree tree) {
        Map<String, Node> left = new TreeMap<>();
        List<String> dropped = new ArrayList<>();
        tree.nodes().forEach((path, node) -> {
            if (drops(path)) {
                dropped.add(path);
            } else {
                left.put(path, node);
            }
        });
        giveContentToOtherNames(tree, left);
        TreeMap<String, Node> pruned = new TreeMap<>(left);
        dropped.forEach(path -> prune(pruned, TreePath.parent(path)));
        Tree.Builder builder = new Tree.Builder();
        pruned.forEach(builder::put);
        return builder.build(0);
    }

    /** When the name that carries a file's content was dropped, the first of its hard links that stays carries it. */
    private static void giveContentToOtherNames(Tree tree, Map<String, Node> left) {
        Map<String, String> carriers = new HashMap<>();
        for (Map.Entry<String, Node> entry : left.entrySet()) {
            if (entry.getValue() instanceof Node.HardLink link && !left.containsKey(link.target())) {
                String carrier = carriers.putIfAbsent(link.target(), entry.getKey());
                entry.setValue(carrier == null ? tree.get(link.target()).orElseThrow() : new Node.HardLink(carrier));
            }
        }
    }

    private static void prune(TreeMap<String, Node> nodes, String directory) {
        String path = directory;
        while (!path.isEmpty() && nodes.get(path) instanceof Node.Directory && isEmpty(nodes, path)) {
            nodes.remove(path);
            path = TreePath.parent(path);
        }
    }

    private static boolean isEmpty(TreeMap<String, Node> nodes, String directory) {
        String next = nodes.ceilingKey(directory + "/");
        return next == null || !next.startsWith(directory + "/");
    }

    /** Equal texts filter alike. */
    @Override
    public String toString() {
        return "remove " + removed + " keep " + kept;
    }
}
