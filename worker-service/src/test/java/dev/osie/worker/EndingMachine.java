package dev.osie.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.action.Action;
import dev.osie.worker.action.ActionRuntime;
import dev.osie.worker.action.Outcome;
import dev.osie.worker.console.Console;
import dev.osie.worker.inventory.Detection;
import dev.osie.worker.power.PowerRequests;
import dev.osie.worker.retry.Backoff;
import dev.osie.worker.workflow.CallLimits;
import dev.osie.worker.workflow.Channels;
import dev.osie.worker.workflow.Route;
import dev.osie.worker.workflow.Transport;
import dev.osie.worker.workflow.UnaryTransport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A machine that can be asked to end, with a worker whose limits are short. A file stands for the pipe of the machine's init, a function for the
 * containers of actions.
 */
final class EndingMachine {
    static final String ID = "02:00:00:00:00:01";
    static final Duration LAST_WORD = Duration.ofSeconds(1);
    static final Duration GOING_DOWN = Duration.ofMillis(600);
    static final Duration LOOK = Duration.ofMillis(20);
    static final Backoff PAUSES = new Backoff(Duration.ofMillis(5), Duration.ofMillis(50));

    private static final CallLimits CALLS = new CallLimits(Duration.ofSeconds(45), Duration.ofMillis(300));
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path directory;
    private final Path pipe;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final List<Action> executed = new CopyOnWriteArrayList<>();
    private Worker worker;
    private Thread thread;

    /** What stands for the containers of actions. */
    interface Runner {
        Outcome run(Action action) throws Exception;
    }

    /** @param directory where actions leave their requests */
    EndingMachine(Path directory) throws IOException {
        this.directory = directory;
        this.pipe = Files.createFile(directory.resolve("pipe"));
    }

    Path directory() {
        return directory;
    }

    Path pipe() {
        return pipe;
    }

    /** The actions that were begun. */
    List<Action> executed() {
        return executed;
    }

    List<String> console() {
        return output.toString(UTF_8).lines().toList();
    }

    static Transport transport(int port) {
        return new UnaryTransport(Channels.plaintext(Route.direct("127.0.0.1", port)), ID, Detection.none(), CALLS);
    }

    void start(int port, Runner runner) {
        start(transport(port), PAUSES, runner);
    }

    void start(Transport transport, Backoff pauses, Runner runner) {
        ActionRuntime runtime = action -> {
            executed.add(action);
            try {
                return runner.run(action);
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };
        Console console = new Console(output);
        worker = new Worker(
                transport,
                runtime,
                new PowerRequests(directory, pipe, console),
                new Timing(pauses, InstantSource.system(), LAST_WORD, GOING_DOWN, LOOK),
                console);
        thread = new Thread(() -> {
            worker.run();
            transport.close();
        });
        thread.start();
    }

    /** Asks for its end, as an action does. */
    void ask(String word) {
        try {
            Files.createFile(directory.resolve(word));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until its init is asked for that. */
    void awaitRequest(String word, Duration limit) throws IOException, InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!Files.readString(pipe).equals(word + "\n") && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        assertThat(pipe).hasContent(word + "\n");
    }

    /** Waits until the worker says that it has nothing to do. */
    void awaitIdle() throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (console().stream().noneMatch(line -> line.contains("nothing to do")) && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        assertThat(console()).anyMatch(line -> line.contains("nothing to do"));
    }

    /** Stops the worker, which must still be there. */
    void stop() throws InterruptedException {
        assertThat(thread.isAlive())
                .as("nothing ends the worker but being told to")
                .isTrue();
        worker.stop();
        thread.join(10_000);
        assertThat(thread.isAlive()).isFalse();
    }
}
