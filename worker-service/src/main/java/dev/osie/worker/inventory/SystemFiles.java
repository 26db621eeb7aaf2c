package dev.osie.worker.inventory;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The files in which Linux shows its hardware. What is missing, can't be read or holds something else is empty, and nothing is read
 * beyond a limit: firmware writes many of these texts, and some of it is garbage. For one thread.
 */
public final class SystemFiles {
    /** Longest text of one value, in characters. */
    static final int TEXT_LIMIT = 128;

    /** Most entries of a directory that are looked at. */
    static final int ENTRY_LIMIT = 8192;

    private static final int FILE_LIMIT = 16 * 1024;

    private final Path root;
    private final byte[] buffer = new byte[FILE_LIMIT];

    /** @param root the directory that holds {@code sys} and {@code proc}, usually {@code /} */
    public SystemFiles(Path root) {
        this.root = root;
    }

    /** The first line of a file, at most {@value #TEXT_LIMIT} characters, without blanks around it. */
    String text(String path) {
        List<String> lines = lines(path);
        return lines.isEmpty() ? "" : cut(lines.get(0));
    }

    /** A whole number that a file holds, in decimal; the other value when it holds none. */
    long number(String path, long otherwise) {
        return number(text(path), 10, otherwise);
    }

    static long number(String text, int radix, long otherwise) {
        try {
            return Long.parseLong(text, radix);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    /** The lines of a file's first {@value #FILE_LIMIT} bytes; control characters are blanks, and what is no UTF-8 is "?". */
    List<String> lines(String path) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        String text = new String(bytes(path), UTF_8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                lines.add(line.toString().strip());
                line.setLength(0);
            } else if (c < ' ' || (c >= 0x7f && c < 0xa0)) {
                line.append(' ');
            } else {
                line.append(c == '\ufffd' || Character.isSurrogate(c) ? '?' : c);
            }
        }
        if (!line.toString().isBlank()) {
            lines.add(line.toString().strip());
        }
        return lines;
    }

    /** A whole file as one line, binary data as blanks and question marks, and nothing taken away at its ends. */
    String rawText(String path) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes(path)) {
            if (text.length() < TEXT_LIMIT) {
                text.append(b >= ' ' && b < 0x7f ? (char) b : b >= 0 ? ' ' : '?');
            }
        }
        return text.toString();
    }

    private byte[] bytes(String path) {
        try (InputStream in = new FileInputStream(file(path))) {
            return Arrays.copyOf(buffer, in.readNBytes(buffer, 0, buffer.length));
        } catch (IOException e) {
            return new byte[0];
        }
    }

    /** The names in a directory, sorted. */
    List<String> names(String directory) {
        String[] names = file(directory).list();
        if (names == null) {
            return List.of();
        }
        Arrays.sort(names);
        return List.of(names.length <= ENTRY_LIMIT ? names : Arrays.copyOf(names, ENTRY_LIMIT));
    }

    boolean exists(String path) {
        return file(path).exists();
    }

    /** The last name of a symbolic link's target. */
    String linkName(String path) {
        try {
            Path name = Files.readSymbolicLink(root.resolve(path)).getFileName();
            return name == null ? "" : cut(name.toString());
        } catch (IOException | InvalidPathException | UnsupportedOperationException e) {
            return "";
        }
    }

    private File file(String path) {
        return new File(root.toFile(), path);
    }

    private static String cut(String text) {
        return text.length() <= TEXT_LIMIT ? text : text.substring(0, TEXT_LIMIT);
    }
}
