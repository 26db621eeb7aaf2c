package dev.osie.worker.power;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.osie.worker.console.Console;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What actions ask of the machine: a file {@code reboot}, {@code poweroff} or {@code kexec} in a directory that actions can have as a
 * volume. It is passed on to the machine's init, by a line in a named pipe, when the worker says so: once the server knows how
 * the action ended. A machine that went down before would be handed the same action again.
 */
public final class PowerRequests {
    private static final List<String> WORDS = List.of("reboot", "poweroff", "kexec");

    private final Path directory;
    private final Path pipe;
    private final Console console;
    private boolean said;

    /**
     * @param directory where actions leave their requests, such as {@code /worker}
     * @param pipe where the init takes them; when it isn't there, requests are for somebody else
     */
    public PowerRequests(Path directory, Path pipe, Console console) {
        this.directory = directory;
        this.pipe = pipe;
        this.console = console;
    }

    /** Whether there is one that can be passed on. */
    public boolean isPending() {
        return request().isPresent();
    }

    /** Passes on the request that is there; false when there is none or that can't be done. */
    public boolean passOn() {
        Optional<String> request = request();
        if (request.isEmpty()) {
            return false;
        }
        String word = request.get();
        // For reading as well: a pipe that nobody reads would otherwise hold whoever opens it.
        try (RandomAccessFile out = new RandomAccessFile(pipe.toFile(), "rw")) {
            Files.delete(directory.resolve(word));
            out.write((word + "\n").getBytes(US_ASCII));
        } catch (IOException e) {
            if (!said) {
                console.line("worker can't pass on an action's request to " + word + ": " + e);
            }
            said = true;
            return false;
        }
        console.line("worker passes on an action's request: " + word);
        return true;
    }

    private Optional<String> request() {
        if (!Files.exists(pipe)) {
            return Optional.empty();
        }
        for (String word : WORDS) {
            if (Files.exists(directory.resolve(word))) {
                return Optional.of(word);
            }
        }
        return Optional.empty();
    }
}
