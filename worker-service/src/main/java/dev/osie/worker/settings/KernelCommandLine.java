package dev.osie.worker.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters that the kernel was booted with ({@code /proc/cmdline}), read as the kernel itself does: blanks separate them,
 * double quotes protect blanks and are dropped, everything after the first {@code =} is the value, and the last of several wins.
 */
public final class KernelCommandLine {
    private final Map<String, String> values = new HashMap<>();

    private KernelCommandLine() {}

    /** Reads the parameters from a file. */
    public static KernelCommandLine read(Path file) throws IOException {
        return parse(Files.readString(file, StandardCharsets.ISO_8859_1));
    }

    /** Reads the parameters from text. */
    public static KernelCommandLine parse(String text) {
        KernelCommandLine line = new KernelCommandLine();
        StringBuilder token = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c <= ' ' && !quoted) {
                line.add(token);
            } else {
                token.append(c);
            }
        }
        line.add(token);
        return line;
    }

    private void add(StringBuilder token) {
        int equals = token.indexOf("=");
        // A name without a value sets nothing: smee writes "syslog_host=" and people write "worker_id" alone.
        if (equals > 0 && equals + 1 < token.length()) {
            values.put(token.substring(0, equals), token.substring(equals + 1));
        }
        token.setLength(0);
    }

    /** The value of a parameter, never an empty text. */
    public Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name));
    }
}
