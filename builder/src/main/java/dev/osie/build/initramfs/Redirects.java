package dev.osie.build.initramfs;

import dev.osie.build.tree.TreePath;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Symbolic links to directories which stay where another unit has a directory, and where what lies behind them belongs. */
final class Redirects {
    private static final int MOST_LINKS = 40; // as the kernel's MAXSYMLINKS

    private final SortedMap<String, String> targets = new TreeMap<>();

    int size() {
        return targets.size();
    }

    boolean contains(String path) {
        return targets.containsKey(path);
    }

    void put(String path, String target) {
        targets.put(path, target);
    }

    /** Where a path lies when each redirect in it is followed; the path itself when they run in a circle. */
    String follow(String path) {
        String current = path;
        for (int links = 0; links <= MOST_LINKS; links++) {
            Optional<String> next = followFirst(current);
            if (next.isEmpty()) {
                return current;
            }
            current = next.get();
        }
        return path;
    }

    /** Where an entry lies that is not a directory: it would replace a link, so only the links in its parent's path are followed. */
    String followParent(String path) {
        return TreePath.join(follow(TreePath.parent(path)), TreePath.name(path));
    }

    private Optional<String> followFirst(String path) {
        if (targets.isEmpty()) {
            return Optional.empty();
        }
        for (int end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
            String target = targets.get(path.substring(0, end));
            if (target != null) {
                return Optional.of(TreePath.join(target, path.substring(end + 1)));
            }
        }
        return Optional.ofNullable(targets.get(path));
    }

    /** Where a link's text leads, seen from the link; {@code ..} ends at the root. */
    String resolve(String link, String text) {
        String target = text.startsWith("/") ? "" : TreePath.parent(link);
        for (String part : text.split("/")) {
            if (part.equals("..")) {
                target = TreePath.parent(target);
            } else if (!part.isEmpty() && !part.equals(".")) {
                target = TreePath.join(target, part);
            }
        }
        return follow(target);
    }
}
