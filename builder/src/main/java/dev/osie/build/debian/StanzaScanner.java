package dev.osie.build.debian;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Splits a {@code Packages} file into its stanzas and drops every field but those that resolving needs. Works on bytes: the index of
 * an architecture is 55 MB of text, most of which nobody asks for.
 */
final class StanzaScanner {
    private static final int LONGEST_LINE = 1 << 20;
    private static final byte[][] WANTED = fields(
            "Package:",
            "Version:",
            "Architecture:",
            "Pre-Depends:",
            "Depends:",
            "Provides:",
            "Conflicts:",
            "Priority:",
            "Breaks:",
            "Filename:",
            "Size:",
            "SHA256:");

    private final InputStream in;
    private final ByteArrayOutputStream stanza = new ByteArrayOutputStream(4096);
    private byte[] buffer = new byte[1 << 16];
    private int start;
    private int end;
    private boolean ended;

    StanzaScanner(InputStream in) {
        this.in = in;
    }

    /** The wanted fields of the next stanza, each in one line that ends with a line feed; empty at the end. */
    Optional<byte[]> next() throws IOException {
        stanza.reset();
        boolean wanted = false;
        for (int line = nextLine(); line >= 0; line = nextLine()) {
            int length = line - start;
            if (length == 0) {
                start = line + 1;
                if (stanza.size() > 0) {
                    break;
                }
                continue;
            }
            boolean continues = buffer[start] == ' ' || buffer[start] == '\t';
            wanted = continues ? wanted : isWanted(length);
            if (wanted) {
                keep(line, continues);
            }
            start = line + 1;
        }
        return stanza.size() == 0 ? Optional.empty() : Optional.of(finished());
    }

    private void keep(int line, boolean continues) {
        if (!continues && stanza.size() > 0) {
            stanza.write('\n');
        }
        stanza.write(buffer, start, line - start);
    }

    private byte[] finished() {
        stanza.write('\n');
        return stanza.toByteArray();
    }

    private boolean isWanted(int length) {
        for (byte[] field : WANTED) {
            if (length >= field.length
                    && buffer[start] == field[0]
                    && Arrays.equals(buffer, start, start + field.length, field, 0, field.length)) {
                return true;
            }
        }
        return false;
    }

    /** Where the line that begins at {@link #start} ends, in the buffer; negative when there is none. */
    private int nextLine() throws IOException {
        int scanned = start;
        while (true) {
            for (int i = scanned; i < end; i++) {
                if (buffer[i] == '\n') {
                    return i;
                }
            }
            if (ended) {
                return start < end ? end : -1;
            }
            scanned = end - start;
            fill();
        }
    }

    /** Moves what is left to the front of the buffer and reads more behind it. */
    private void fill() throws IOException {
        int left = end - start;
        if (left == buffer.length) {
            if (left >= LONGEST_LINE) {
                throw new IOException("a line of the index is longer than " + LONGEST_LINE + " bytes");
            }
            buffer = Arrays.copyOfRange(buffer, start, start + 2 * left);
        } else {
            System.arraycopy(buffer, start, buffer, 0, left);
        }
        start = 0;
        end = left;
        int count = in.read(buffer, end, buffer.length - end);
        ended = count < 0;
        end += Math.max(count, 0);
    }

    private static byte[][] fields(String... names) {
        return Arrays.stream(names)
                .map(name -> name.getBytes(StandardCharsets.US_ASCII))
                .toArray(byte[][]::new);
    }
}
