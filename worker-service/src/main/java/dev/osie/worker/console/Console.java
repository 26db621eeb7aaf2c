package dev.osie.worker.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * Where the worker says what it is doing: whole lines in UTF-8, each written at once, so that lines of several threads don't mix
 * and a machine that stops leaves no half line in a buffer.
 */
public final class Console {
    private final OutputStream out;
    private volatile List<Journal> journals = List.of();

    public Console(OutputStream out) {
        this.out = out;
    }

    /** The console on standard output. Not System.out, whose encoding follows a locale that a container doesn't have. */
    public static Console standardOutput() {
        return new Console(new FileOutputStream(FileDescriptor.out));
    }

    /** Has every line from now on go to these as well. */
    public void copyTo(List<Journal> journals) {
        this.journals = List.copyOf(journals);
    }

    /** Writes one line of the worker's own. */
    public void line(String text) {
        line(text, false);
    }

    /**
     * Writes one line; control characters in it, which could upset a terminal, become blanks.
     *
     * @param error whether an action wrote it to its standard error
     */
    public void line(String text, boolean error) {
        StringBuilder clean = new StringBuilder(text.length() + 1);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            clean.append(c < ' ' || (c >= 0x7f && c < 0xa0) ? ' ' : c);
        }
        String line = clean.toString();
        byte[] bytes = clean.append('\n').toString().getBytes(UTF_8);
        synchronized (this) {
            try {
                out.write(bytes);
                out.flush();
            } catch (IOException e) {
                // Nobody listens; the work goes on.
            }
        }
        for (Journal journal : journals) {
            journal.write(error, line);
        }
    }
}
