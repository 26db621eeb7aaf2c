package dev.osie.worker.container;

import dev.osie.worker.action.Action;
import dev.osie.worker.action.ActionFailure;
import dev.osie.worker.action.ActionLines;
import dev.osie.worker.action.ActionRuntime;
import dev.osie.worker.action.Deadline;
import dev.osie.worker.action.Deadline.OutOfTime;
import dev.osie.worker.action.Outcome;
import dev.osie.worker.console.Console;
import dev.osie.worker.console.ElapsedTime;
import dev.osie.worker.image.ImagePuller;
import dev.osie.worker.image.ImageReference;
import dev.osie.worker.image.ImageSources;
import dev.osie.worker.retry.Backoff;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Runs actions as containers of an engine, with the options that Tinkerbell's agent gives them. The engine is looked for when the first
 * action comes, not before, as it may take longer to start than this program.
 */
public final class ContainerRuntime implements ActionRuntime {
    private static final Duration ENGINE_START = Duration.ofMinutes(5);
    private static final Duration ENGINE_RESTART = Duration.ofMinutes(1);
    private static final long PAUSE_MILLIS = 500;

    private final ContainerEngine engine;
    private final ImageSources sources;
    private final boolean keepFailed;
    private final Console console;

    /**
     * @param engine closed with this
     * @param keepFailed whether the container of an action that fails or takes too long is kept, stopped, for people to look at
     */
    public ContainerRuntime(ContainerEngine engine, ImageSources sources, boolean keepFailed, Console console) {
        this.engine = engine;
        this.sources = sources;
        this.keepFailed = keepFailed;
        this.console = console;
    }

    @Override
    public Outcome run(Action action) throws InterruptedException {
        Deadline deadline = new Deadline(action.limit());
        try {
            return attempt(action, deadline);
        } catch (OutOfTime e) {
            return Outcome.timeout(
                    "not done after " + ElapsedTime.format(action.limit().orElseThrow()));
        } catch (ActionFailure e) {
            return Outcome.failed(e.getMessage());
        } catch (RuntimeException e) {
            // Libraries wrap what an interrupt does to their connections.
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return Outcome.failed(engine.name() + ": " + ActionFailure.reason(e));
        }
    }

    private Outcome attempt(Action action, Deadline deadline) throws ActionFailure, OutOfTime, InterruptedException {
        if (action.image().isBlank()) {
            throw new ActionFailure("the action names no image");
        }
        awaitEngine(deadline);
        Optional<ActionContainer> left = new LeftOvers(engine, keepFailed, console).claim(action);
        if (left.isPresent()) {
            console.line(action + ": going on with the container that an earlier life of the worker started");
            return follow(left.get(), true, action, deadline);
        }
        ImageReference image = new ImagePuller(engine.images(), sources, console)
                .provide(new ImageReference(action.image()), action.toString(), deadline);
        return follow(engine.create(action, image), false, action, deadline);
    }

    /** Follows a container from its start, or from where it is, to its end and removal. */
    private Outcome follow(ActionContainer container, boolean started, Action action, Deadline deadline)
            throws ActionFailure, OutOfTime, InterruptedException {
        boolean keep = false;
        try {
            Outcome outcome = observe(container, started, action, deadline);
            keep = keepFailed && outcome.result() != Outcome.Result.SUCCESS;
            return outcome;
        } catch (OutOfTime e) {
            keep = keepFailed;
            throw e;
        } finally {
            if (keep) {
                console.line(action + ": its container " + container + " is kept");
            } else {
                cleanUp(action, () -> {
                    awaitRestart();
                    container.remove();
                });
            }
        }
    }

    private Outcome observe(ActionContainer container, boolean started, Action action, Deadline deadline)
            throws ActionFailure, OutOfTime, InterruptedException {
        ActionLines lines = new ActionLines(action.name(), console);
        boolean ended = false;
        int code;
        try {
            if (started) {
                container.goOn(lines);
            } else {
                // Said before the start: a short action has written its first lines when the start returns.
                console.line(action + ": running");
                container.start(lines);
            }
            code = exitCode(container, deadline);
            ended = true;
        } finally {
            if (!ended) {
                cleanUp(action, container::stop);
            }
            cleanUp(action, container::finish);
        }
        if (code == 0) {
            return Outcome.success();
        }
        return lines.failed(code, container.lackedMemory() ? ", killed for lack of memory" : "");
    }

    /** Waits for the container's end, over restarts of the engine if need be. */
    private int exitCode(ActionContainer container, Deadline deadline)
            throws ActionFailure, OutOfTime, InterruptedException {
        Backoff pause = Backoff.betweenCalls();
        while (true) {
            OptionalInt code = container.await(deadline);
            if (code.isPresent()) {
                return code.getAsInt();
            }
            deadline.sleep(pause.nextMillis());
            awaitEngine(deadline);
        }
    }

    /** Does a last thing to a container: an interrupted thread can't talk to the engine, and failing here changes no outcome. */
    private void cleanUp(Action action, Runnable step) {
        boolean interrupted = Thread.interrupted();
        try {
            step.run();
        } catch (RuntimeException e) {
            console.line(action + ": can't clean up its container: " + ActionFailure.reason(e));
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitEngine(Deadline deadline) throws ActionFailure, OutOfTime, InterruptedException {
        long start = System.nanoTime();
        boolean said = false;
        while (true) {
            Optional<RuntimeException> silence = engine.silence();
            if (silence.isEmpty()) {
                return;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (System.nanoTime() - start > ENGINE_START.toNanos()) {
                throw new ActionFailure(engine.name() + " doesn't answer at " + engine.socket(), silence.get());
            }
            if (!said) {
                console.line("worker waiting for " + engine.name() + " at " + engine.socket());
                said = true;
            }
            deadline.sleep(PAUSE_MILLIS);
        }
    }

    /** Gives an engine that went away a minute to come back, so that what is to be removed doesn't stay. */
    private void awaitRestart() {
        long start = System.nanoTime();
        while (engine.silence().isPresent() && System.nanoTime() - start < ENGINE_RESTART.toNanos()) {
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    @Override
    public void close() {
        engine.close();
    }
}
