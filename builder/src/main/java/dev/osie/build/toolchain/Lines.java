package dev.osie.build.toolchain;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Cuts a stream of bytes into lines of text. */
final class Lines {
    /** A longer line is handed on in pieces. */
    private static final int LONGEST = 1 << 16;

    private final Consumer<String> consumer;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Lines(Consumer<String> consumer) {
        this.consumer = consumer;
    }

    void write(byte[] bytes, int count) {
        for (int i = 0; i < count; i++) {
            if (bytes[i] == '\n' || line.size() == LONGEST) {
                flush();
            }
            if (bytes[i] != '\n' && bytes[i] != '\r') {
                line.write(bytes[i]);
            }
        }
    }

    private void flush() {
        consumer.accept(line.toString(StandardCharsets.UTF_8));
        line.reset();
    }

    /** Hands on a last line that has no end. */
    void finish() {
        if (line.size() > 0) {
            flush();
        }
    }
}
