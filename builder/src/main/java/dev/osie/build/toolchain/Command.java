package dev.osie.build.toolchain;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A program to run in a workspace, whose directory it starts in. Its surroundings are the same everywhere: of the host's environment it
 * gets nothing but {@code PATH}, its locale is C, its time zone UTC, its umask 022.
 *
 * @param words the program and its arguments
 * @param environment further variables
 */
public record Command(List<String> words, SortedMap<String, String> environment) {
    public Command {
        words = List.copyOf(words);
        environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    }

    /** A script for a POSIX shell, which ends with the first command that fails. */
    public static Command script(String text, Map<String, String> environment) {
        return new Command(List.of("sh", "-euc", text), new TreeMap<>(environment));
    }

    /** What is to be executed, with the umask set. */
    List<String> line() {
        List<String> line = new ArrayList<>(List.of("sh", "-c", "umask 022 && exec \"$@\"", "sh"));
        line.addAll(words);
        return line;
    }

    /** All variables but {@code PATH} and {@code HOME}. */
    SortedMap<String, String> variables() {
        SortedMap<String, String> variables = new TreeMap<>(Map.of("LC_ALL", "C", "TZ", "UTC"));
        variables.putAll(environment);
        return variables;
    }
}
