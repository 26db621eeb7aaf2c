package dev.osie.worker.containerd;

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
import dev.osie.worker.registry.Registries;
import dev.osie.worker.retry.Backoff;
import dev.osie.worker.settings.ContainerdSettings;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Runs actions as containers of containerd, with the options that Tinkerbell's agent gives them. containerd is looked for when the first action
 * comes; what an earlier worker has left is removed then.
 */
public final class ContainerdRuntime implements ActionRuntime {
    private static final Duration START = Duration.ofMinutes(5);
    private static final long RESTART_MILLIS = 60_000;
    private static final long PAUSE_MILLIS = 500;

    private final ContainerdSettings settings;
    private final ImageSources sources;
    private final boolean keepFailed;
    private final Console console;
    private final Containerd containerd;
    private final MachineRoot machine = MachineRoot.find();
    private boolean tidy;

    /** @param keepFailed whether the container of an action that fails or takes too long is kept, stopped, for people to look at */
    public ContainerdRuntime(ContainerdSettings settings, ImageSources sources, boolean keepFailed, Console console) {
        this.settings = settings;
        this.sources = sources;
        this.keepFailed = keepFailed;
        this.console = console;
        this.containerd = Containerd.at(settings.socket(), settings.namespace());
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
        } catch (StatusRuntimeException e) {
            // An interrupt cancels the call that waits.
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return Outcome.failed("containerd: " + ActionFailure.reason(e));
        }
    }

    private Outcome attempt(Action action, Deadline deadline) throws ActionFailure, OutOfTime, InterruptedException {
        if (action.image().isBlank()) {
            throw new ActionFailure("the action names no image");
        }
        awaitContainerd(deadline);
        removeLeftOvers(action);
        ContainerdImages images = new ContainerdImages(
                containerd, new Registries(sources.login(), settings.hubMirrors(), settings.insecureRegistries()));
        ImageReference reference = new ImagePuller(images, sources, console)
                .provide(new ImageReference(action.image()), action.toString(), deadline);
        UnpackedImage image = find(images, reference);
        byte[] spec = new ContainerSpec(action, image.config(), new BindVolumes(machine, console).of(action), machine)
                .write("/tinkerbell/" + ActionContainer.name(action));
        ActionContainer container = ActionContainer.create(containerd, action, image, spec);
        boolean keep = false;
        try {
            Outcome outcome = run(action, image, container, deadline);
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

    private static UnpackedImage find(ContainerdImages images, ImageReference reference) throws ActionFailure {
        try {
            return images.find(reference)
                    .orElseThrow(() -> new ActionFailure("somebody removed the image " + reference));
        } catch (IOException e) {
            throw new ActionFailure("can't use the image " + reference, e);
        }
    }

    private Outcome run(Action action, UnpackedImage image, ActionContainer container, Deadline deadline)
            throws ActionFailure, OutOfTime, InterruptedException {
        ActionLines lines = new ActionLines(action.name(), console);
        int code;
        try (OutputPipe standardOutput = OutputPipe.open(lines.standardOutput());
                OutputPipe standardError = OutputPipe.open(lines.standardError())) {
            // Said before the start: a short action has written its first lines when the start returns.
            console.line(action + ": running");
            container.start(image.snapshot(), standardOutput, standardError);
            code = observe(action, container, deadline);
        }
        return code == 0 ? Outcome.success() : lines.failed(code, "");
    }

    private int observe(Action action, ActionContainer container, Deadline deadline)
            throws ActionFailure, OutOfTime, InterruptedException {
        boolean ended = false;
        try {
            int code = exitCode(container, deadline);
            ended = true;
            return code;
        } finally {
            boolean running = !ended;
            cleanUp(action, () -> {
                if (running) {
                    container.stop();
                }
                container.finish();
            });
        }
    }

    /** Waits for the container's end, over restarts of containerd if need be. */
    private int exitCode(ActionContainer container, Deadline deadline)
            throws ActionFailure, OutOfTime, InterruptedException {
        Backoff pause = Backoff.betweenCalls();
        while (true) {
            OptionalInt code = container.await(deadline);
            if (code.isPresent()) {
                return code.getAsInt();
            }
            deadline.sleep(pause.nextMillis());
            awaitContainerd(deadline);
        }
    }

    /** Does a last thing to a container: an interrupted thread can't call containerd, and failing here changes no outcome. */
    private void cleanUp(Action action, Runnable step) {
        boolean interrupted = Thread.interrupted();
        try {
            step.run();
        } catch (StatusRuntimeException e) {
            console.line(action + ": can't clean up its container: " + ActionFailure.reason(e));
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Containers of an earlier life can't be gone on with: what they write went to that life, and nobody reads it any more. */
    private void removeLeftOvers(Action action) {
        if (tidy) {
            return;
        }
        for (ActionContainer left : ActionContainer.leftOvers(containerd, action.agent())) {
            if (!keepFailed || left.hasTask()) {
                console.line("worker removes a container of its earlier life: " + left);
                left.remove();
            }
        }
        tidy = true;
    }

    private void awaitContainerd(Deadline deadline) throws ActionFailure, OutOfTime, InterruptedException {
        long start = System.nanoTime();
        boolean said = false;
        while (true) {
            Optional<StatusRuntimeException> silence = containerd.silence();
            if (silence.isEmpty()) {
                return;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (System.nanoTime() - start > START.toNanos()) {
                throw new ActionFailure("containerd doesn't answer at " + settings.socket(), silence.get());
            }
            if (!said) {
                console.line("worker waiting for containerd at " + settings.socket());
                said = true;
            }
            deadline.sleep(PAUSE_MILLIS);
        }
    }

    /** Gives a containerd that went away a minute to come back, so that what is to be removed doesn't stay. */
    private void awaitRestart() {
        for (long waited = 0; waited < RESTART_MILLIS && !containerd.answers(); waited += PAUSE_MILLIS) {
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
        containerd.close();
    }
}
