package dev.osie.worker.action;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/**
 * Makes lines of what a program writes. A carriage return ends a line too, as programs draw their progress with it; a line that
 * won't end is handed on in pieces, so that a program can write binary data for ever and memory stays bounded.
 */
public final class LineSplitter {
    /** Longest piece in bytes. */
    public static final int LIMIT = 4096;

    private final Consumer<String> lines;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);

    LineSplitter(Consumer<String> lines) {
        this.lines = lines;
    }

    public void write(byte[] bytes) {
        write(bytes, bytes.length);
    }

    /** Takes the first bytes of an array. */
    public void write(byte[] bytes, int count) {
        for (int i = 0; i < count; i++) {
            byte b = bytes[i];
            if (b == '\n' || b == '\r') {
                end();
            } else {
                if (line.size() >= LIMIT && startsCharacter(b)) {
                    end();
                }
                // Bytes that are no UTF-8 have no starts to split at.
                if (line.size() >= LIMIT + 3) {
                    end();
                }
                line.write(b);
            }
        }
    }

    private static boolean startsCharacter(byte b) {
        return (b & 0xc0) != 0x80;
    }

    /** Hands on what is left; empty lines are left out. */
    public void end() {
        if (line.size() > 0) {
            lines.accept(line.toString(UTF_8));
            line.reset();
        }
    }
}
