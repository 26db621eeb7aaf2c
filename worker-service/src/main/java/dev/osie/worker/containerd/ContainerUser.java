package dev.osie.worker.containerd;

import dev.osie.worker.action.ActionFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * As whom the process of a container runs.
 *
 * @param groups all its groups, the first one included
 */
record ContainerUser(long user, long group, List<Long> groups) {
    static final String PASSWD = "etc/passwd";
    static final String GROUP = "etc/group";

    private static final int HIGHEST = Integer.MAX_VALUE;

    /** Whether these words don't say without the files of an image whom they mean. */
    static boolean needsFiles(String words) {
        String[] parts = words.split(":", -1);
        boolean root = words.isEmpty() || words.equals("root") || words.equals("0");
        return !root
                && (parts.length != 2
                        || number(parts[0]).isEmpty()
                        || number(parts[1]).isEmpty());
    }

    /**
     * Whom an image wants to be run as, by Docker's rules: with a user alone, its group in passwd and those that list it in group; a number
     * needs no entry.
     *
     * @param words {@code user[:group]}, names or numbers
     */
    static ContainerUser of(String words, String passwd, String groups) throws ActionFailure {
        String[] parts = words.split(":", 2);
        String user = parts[0].isEmpty() || parts[0].equals("root") ? "0" : parts[0];
        Optional<String[]> entry = find(passwd, 4, user);
        long id = id(entry, user, words, PASSWD);
        if (parts.length > 1 && !parts[1].isEmpty()) {
            long group = id(find(groups, 3, parts[1]), parts[1], words, GROUP);
            return new ContainerUser(id, group, List.of(group));
        }
        long group = entry.isEmpty() ? 0 : number(entry.get()[3]).orElse(0L);
        List<Long> all = new ArrayList<>(List.of(group));
        if (entry.isPresent()) {
            for (String[] fields : entries(groups, 4)) {
                Optional<Long> other = number(fields[2]);
                boolean member = List.of(fields[3].split(",")).contains(entry.get()[0]);
                if (member && other.isPresent() && !all.contains(other.get())) {
                    all.add(other.get());
                }
            }
        }
        return new ContainerUser(id, group, List.copyOf(all));
    }

    private static long id(Optional<String[]> entry, String name, String words, String file) throws ActionFailure {
        return (entry.isPresent() ? number(entry.get()[2]) : number(name))
                .orElseThrow(() -> new ActionFailure(
                        "its image wants to be run by " + words + ", and its " + file + " has no " + name));
    }

    /** The first entry with this name, or with this number where it is one. */
    private static Optional<String[]> find(String file, int fields, String name) {
        Optional<Long> sought = number(name);
        for (String[] entry : entries(file, fields)) {
            Optional<Long> own = number(entry[2]);
            if (own.isPresent() && (sought.isPresent() ? own.equals(sought) : entry[0].equals(name))) {
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }

    /** The lines of passwd(5) or group(5) that have so many fields. */
    private static List<String[]> entries(String file, int fields) {
        return file.lines()
                .map(line -> line.strip().split(":", -1))
                .filter(entry -> entry.length >= fields)
                .toList();
    }

    private static Optional<Long> number(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 10;
        for (int i = 0; digits && i < text.length(); i++) {
            digits = text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        return digits && Long.parseLong(text) <= HIGHEST ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }
}
