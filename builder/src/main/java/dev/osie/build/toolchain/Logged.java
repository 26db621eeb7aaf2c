package dev.osie.build.toolchain;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.store.Scratch;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Runs commands in a workspace, and keeps what they print in a file, which a failure names. The file goes when all went well; otherwise it
 * stays until the store is pruned.
 */
public final class Logged implements AutoCloseable {
    /** How compilers, linkers and make say that something is wrong; a file may be called error.c. */
    private static final Pattern RELEVANT =
            Pattern.compile(".*([Ee]rror: |\\*\\*\\* |undefined reference|cannot find |[Nn]o such file|not found).*");

    /** As many lines as somebody reads. */
    private static final int SHOWN = 12;

    private final Workspace workspace;
    private final Scratch scratch;
    private final Path file;
    private final Writer log;
    private boolean failed;

    /** @param name of the file */
    public Logged(Workspace workspace, Store store, String name) {
        this.workspace = workspace;
        this.scratch = store.scratch();
        this.file = scratch.path().resolve(name + ".log");
        try {
            this.log = Files.newBufferedWriter(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Runs a command that has to succeed.
     *
     * @param what it does, for messages: {@code compile linux-6.12}
     * @param lines gets what it prints
     * @throws dev.osie.build.failure.BuildException {@code BAD_INPUT} when it fails, with the last lines that tell of errors
     */
    public void run(String what, Command command, Consumer<String> lines) {
        Deque<String> last = new ArrayDeque<>();
        Deque<String> relevant = new ArrayDeque<>();
        int status = workspace.run(command, line -> {
            write(line);
            keep(last, line);
            if (RELEVANT.matcher(line).matches()) {
                keep(relevant, line);
            }
            lines.accept(line);
        });
        if (status != 0) {
            failed = true;
            List<String> shown = new ArrayList<>(relevant.isEmpty() ? last : relevant);
            throw badInput("Tried to " + what + ", but it failed with status " + status + ":\n    "
                            + String.join("\n    ", shown))
                    .hint("All that was printed is in " + file + ".");
        }
    }

    private static void keep(Deque<String> lines, String line) {
        if (lines.size() == SHOWN) {
            lines.removeFirst();
        }
        lines.addLast(line);
    }

    private synchronized void write(String line) {
        try {
            log.write(line);
            log.write('\n');
            log.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            log.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!failed) {
            scratch.close();
        }
    }
}
