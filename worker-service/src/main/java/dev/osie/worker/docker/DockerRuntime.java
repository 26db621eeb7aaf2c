package dev.osie.worker.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
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
 * Runs actions as Docker containers, with the options that Tinkerbell's agent gives them. Docker is looked for when the first
 * action comes, not before, as it takes longer to start than this program.
 */
public final class DockerRuntime implements ActionRuntime {
    private static final Duration DOCKER_START = Duration.ofMinutes(5);
    private static final long DOCKER_RESTART_MILLIS = 60_000;
    private static final long PING_PAUSE_MILLIS = 500;
    private static final long LAST_OUTPUT_MILLIS = 5_000;

    private final String socket;
    private final ImageSources sources;
    private final boolean keepFailed;
    private final Console console;
    private Optional<DockerClient> client = Optional.empty();

    /**
     * @param socket path of the Unix socket where Docker listens or will listen
     * @param keepFailed whether the container of an action that fails or takes too long is kept, stopped, for people to look at
     */
    public DockerRuntime(String socket, ImageSources sources, boolean keepFailed, Console console) {
        this.socket = socket;
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
            // The library wraps what an interrupt does to its connections.
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return Outcome.failed("Docker: " + ActionFailure.reason(e));
        }
    }

    private Outcome attempt(Action action, Deadline deadline) throws ActionFailure, OutOfTime, InterruptedException {
        if (action.image().isBlank()) {
            throw new ActionFailure("the action names no image");
        }
        DockerClient docker = client();
        awaitDocker(docker, deadline);
        Optional<ActionContainer> left = new LeftOvers(docker, keepFailed, console).claim(action);
        if (left.isPresent()) {
            console.line(action + ": going on with the container that an earlier life of the worker started");
            return follow(docker, left.get(), true, action, deadline);
        }
        ImageReference image = new ImagePuller(new DockerImages(docker, sources.login()), sources, console)
                .provide(new ImageReference(action.image()), action.toString(), deadline);
        return follow(docker, ActionContainer.create(docker, action, image), false, action, deadline);
    }

    /** Follows a container from its start, or from where it is, to its end and removal. */
    private Outcome follow(
            DockerClient docker, ActionContainer container, boolean started, Action action, Deadline deadline)
            throws ActionFailure, OutOfTime, InterruptedException {
        boolean keep = false;
        ActionLines lines = new ActionLines(action.name(), console);
        try (ActionOutput output = new ActionOutput(lines)) {
            if (started) {
                container.attachAgain(output);
            } else {
                container.attach(output);
                // Said before the start: a short action has written its first lines when the start returns.
                console.line(action + ": running");
                container.start();
            }
            Outcome outcome = observe(docker, container, action, output, lines, deadline);
            keep = keepFailed && outcome.result() != Outcome.Result.SUCCESS;
            return outcome;
        } catch (OutOfTime e) {
            keep = keepFailed;
            throw e;
        } finally {
            if (keep) {
                console.line(action + ": its container " + ActionContainer.name(action) + " is kept");
            } else {
                cleanUp(action, () -> {
                    awaitRestart(docker);
                    container.remove();
                });
            }
        }
    }

    private Outcome observe(
            DockerClient docker,
            ActionContainer container,
            Action action,
            ActionOutput output,
            ActionLines lines,
            Deadline deadline)
            throws ActionFailure, OutOfTime, InterruptedException {
        boolean ended = false;
        try {
            int code = exitCode(docker, container, deadline);
            ended = true;
            output.await(LAST_OUTPUT_MILLIS);
            return outcome(code, container, lines);
        } finally {
            if (!ended) {
                cleanUp(action, container::stop);
            }
        }
    }

    /** Does a last thing to a container: an interrupted thread can't talk to Docker, and failing here changes no outcome. */
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

    /** Gives a Docker that went away a minute to come back, so that what is to be removed doesn't stay. */
    private static void awaitRestart(DockerClient docker) {
        for (long waited = 0; waited < DOCKER_RESTART_MILLIS && !answers(docker); waited += PING_PAUSE_MILLIS) {
            try {
                Thread.sleep(PING_PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static boolean answers(DockerClient docker) {
        try {
            docker.pingCmd().exec();
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** Waits for the container's end, over restarts of Docker if need be. */
    private int exitCode(DockerClient docker, ActionContainer container, Deadline deadline)
            throws ActionFailure, OutOfTime, InterruptedException {
        Backoff pause = Backoff.betweenCalls();
        while (true) {
            OptionalInt code = container.await(deadline);
            if (code.isPresent()) {
                return code.getAsInt();
            }
            deadline.sleep(pause.nextMillis());
            awaitDocker(docker, deadline);
            ContainerState state = container.state();
            if (!Boolean.TRUE.equals(state.getRunning())) {
                return state.getExitCodeLong() == null
                        ? -1
                        : state.getExitCodeLong().intValue();
            }
        }
    }

    private static Outcome outcome(int code, ActionContainer container, ActionLines lines) throws ActionFailure {
        if (code == 0) {
            return Outcome.success();
        }
        String memory = Boolean.TRUE.equals(container.state().getOOMKilled()) ? ", killed for lack of memory" : "";
        return lines.failed(code, memory);
    }

    private DockerClient client() {
        if (client.isEmpty()) {
            client = Optional.of(PromptClient.connect(socket));
        }
        return client.get();
    }

    private void awaitDocker(DockerClient docker, Deadline deadline)
            throws ActionFailure, OutOfTime, InterruptedException {
        long start = System.nanoTime();
        boolean said = false;
        while (true) {
            try {
                docker.pingCmd().exec();
                return;
            } catch (RuntimeException e) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (System.nanoTime() - start > DOCKER_START.toNanos()) {
                    throw new ActionFailure("Docker doesn't answer at " + socket, e);
                }
                if (!said) {
                    console.line("worker waiting for Docker at " + socket);
                    said = true;
                }
                deadline.sleep(PING_PAUSE_MILLIS);
            }
        }
    }

    @Override
    public void close() {
        if (client.isPresent()) {
            try {
                client.get().close();
            } catch (java.io.IOException e) {
                // Nothing is asked of it any more.
            }
        }
    }
}
