package dev.osie.worker.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.osie.worker.console.Console;
import dev.osie.worker.console.Journal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Lines in a file, each with its time (RFC 3339, UTC). A file that has grown to its limit is renamed, with {@code .1} after its name, and
 * another one begun, so the two take at most twice the limit: on most machines they lie in memory.
 */
public final class LogFile implements Journal {
    private final Path file;
    private final long limit;
    private final Console console;
    private OutputStream out = OutputStream.nullOutputStream();
    private long size;
    private boolean open;
    private boolean failed;

    /**
     * @param limit in bytes
     * @param console where it is said, once, that the file can't be written
     */
    public LogFile(Path file, long limit, Console console) {
        this.file = file;
        this.limit = limit;
        this.console = console;
    }

    @Override
    public synchronized void write(boolean error, String line) {
        if (failed) {
            return;
        }
        byte[] bytes = (Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + line + "\n").getBytes(UTF_8);
        try {
            if (open && size + bytes.length > limit) {
                close();
                Files.move(file, Path.of(file + ".1"), StandardCopyOption.REPLACE_EXISTING);
            }
            if (!open) {
                out = Files.newOutputStream(
                        file, StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE);
                size = Files.size(file);
                open = true;
            }
            out.write(bytes);
            size += bytes.length;
        } catch (IOException e) {
            failed = true;
            close();
            console.line("worker can't write " + file + ": " + e + "; going on without");
        }
    }

    @Override
    public synchronized void close() {
        open = false;
        try {
            out.close();
        } catch (IOException e) {
            // What could be written is written.
        }
    }
}
