package dev.osie.build.failure;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Command lines, for hints, as a user can paste them into a POSIX shell. */
public final class ShellQuoting {
    private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

    private ShellQuoting() {}

    public static String join(List<String> command) {
        return command.stream().map(ShellQuoting::quote).collect(Collectors.joining(" "));
    }

    private static String quote(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
