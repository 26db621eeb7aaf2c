package dev.osie.build.explain;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.assemble.Osie;
import dev.osie.build.failure.BuildException;
import dev.osie.build.initramfs.Entry;
import dev.osie.build.initramfs.Segment;
import dev.osie.build.store.Store;
import dev.osie.build.tree.TreePath;
import dev.osie.build.yaml.Suggestion;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the kernel unpacks, by path, or what a container of it sees. Of several segments, or layers, with an entry at a path the last one
 * counts.
 */
final class InitramfsFiles {
    private static final int MOST_LINKS = 40;
    private static final String LAYERS = "containers/layers/";

    private final String what;
    private final SortedMap<String, Located> entries = new TreeMap<>();

    /** An entry and the segment it is in. */
    record Located(Segment segment, Entry entry) {}

    InitramfsFiles(Osie osie, Store store) {
        this("initramfs");
        for (Segment segment : osie.initramfs().segments()) {
            for (Entry entry : segment.entries(store)) {
                boolean implied = entry.kind() instanceof Entry.Directory directory && directory.implied();
                if (!implied || !entries.containsKey(entry.path())) {
                    entries.put(entry.path(), new Located(segment, entry));
                }
            }
        }
    }

    private InitramfsFiles(String what) {
        this.what = what;
    }

    /**
     * What lies in some directories, laid over each other.
     *
     * @param root what messages call the result
     * @param directories lowest first
     */
    InitramfsFiles stacked(String root, List<String> directories) {
        InitramfsFiles stacked = new InitramfsFiles(root);
        for (String directory : directories) {
            String prefix = directory + "/";
            entries.tailMap(prefix).entrySet().stream()
                    .takeWhile(entry -> entry.getKey().startsWith(prefix))
                    .forEach(entry -> stacked.entries.put(entry.getKey().substring(prefix.length()), entry.getValue()));
        }
        return stacked;
    }

    Located get(String path) {
        return entries.get(path);
    }

    /**
     * The path without the links on the way to its last name: {@code lib/x} is {@code usr/lib/x}.
     *
     * @throws BuildException {@code BAD_INPUT} when nothing is there, with the likely path
     */
    String resolve(String path) {
        String resolved = "";
        String rest = path;
        int links = 0;
        while (!rest.isEmpty()) {
            String[] parts = rest.split("/", 2);
            rest = parts.length > 1 ? parts[1] : "";
            if (parts[0].equals("..")) {
                resolved = TreePath.parent(resolved);
                continue;
            }
            String next = TreePath.join(resolved, parts[0]);
            Located found = entries.get(next);
            if (found == null) {
                throw missing(resolved, parts[0], path);
            }
            if (!rest.isEmpty() && found.entry().kind() instanceof Entry.Symlink link) {
                if (++links > MOST_LINKS) {
                    throw badInput("The path " + path + " leads through too many symbolic links.");
                }
                boolean absolute = link.target().startsWith("/");
                rest = link.target().replaceFirst("^/+", "") + "/" + rest;
                resolved = absolute ? "" : resolved;
            } else {
                resolved = next;
            }
        }
        return resolved;
    }

    /** The same for a path that need not be there, as that of an optional file. */
    Optional<String> find(String path) {
        try {
            return Optional.of(resolve(path));
        } catch (BuildException e) {
            return Optional.empty();
        }
    }

    /** What follows a name in a path. */
    private static String rest(String path, String name) {
        return path.substring(path.indexOf(name) + name.length());
    }

    private BuildException missing(String directory, String name, String path) {
        String prefix = directory.isEmpty() ? "" : directory + "/";
        List<String> siblings = entries.keySet().stream()
                .filter(known -> known.startsWith(prefix) && known.length() > prefix.length())
                .map(known -> known.substring(prefix.length()).split("/", 2)[0])
                .distinct()
                .toList();
        BuildException failure = badInput("The " + what + " has no " + path + ": there is no '" + name + "' in "
                + (directory.isEmpty() ? "its root" : directory) + ".");
        Optional<String> inLayer = entries.keySet().stream()
                .filter(known -> known.startsWith(LAYERS))
                .filter(known -> known.endsWith("/" + path) || known.endsWith("/" + prefix + name + rest(path, name)))
                .findFirst();
        if (inLayer.isPresent()) {
            return failure.hint("A container has it: " + inLayer.get());
        }
        return Suggestion.closest(name, siblings)
                .map(closest -> failure.hint("Did you mean " + prefix + closest + "?"))
                .or(() -> Suggestion.closest(name, DocumentExplanation.SECTIONS)
                        .filter(section -> directory.isEmpty())
                        .map(section ->
                                failure.hint("Did you mean the document's " + section + rest(path, name) + "?")))
                .orElse(failure);
    }
}
