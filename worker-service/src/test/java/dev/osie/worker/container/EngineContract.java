package dev.osie.worker.container;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.osie.worker.action.Outcome;
import dev.osie.worker.console.Console;
import dev.osie.worker.image.ImageSources;
import dev.osie.worker.settings.PullPolicy;
import dev.osie.worker.settings.RegistryLogin;
import dev.osie.worker.settings.RegistryMirror;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is expected of actions whichever real engine runs them. It needs root.
 *
 * @param <S> the engine's site
 */
@Tag("tools")
@Timeout(60)
@TestInstance(Lifecycle.PER_CLASS)
public abstract class EngineContract<S extends EngineSite> {
    protected static final ImageSources OWN_REGISTRIES =
            new ImageSources(Optional.empty(), PullPolicy.ALWAYS, List.of());

    /** Whatever the test wants to be a volume. */
    @TempDir
    protected Path directory;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    private S site;

    /** @param empty a directory with a short path */
    protected abstract S open(Path empty) throws Exception;

    protected final S site() {
        return site;
    }

    @BeforeAll
    void start(@TempDir Path empty) throws Exception {
        site = open(empty);
    }

    @AfterAll
    void stop() throws Exception {
        if (site != null) {
            site.stop();
        }
    }

    @BeforeEach
    protected final void forget() {
        output.reset();
    }

    @AfterEach
    protected void nothingIsLeft() throws Exception {
        site().assertNothingIsLeft();
    }

    /** A runtime as a worker that has just been started has it. */
    protected final ContainerRuntime runtime(ImageSources sources, boolean keepFailed) {
        return runtime(sources, keepFailed, new Console(output));
    }

    protected final ContainerRuntime runtime(ImageSources sources, boolean keepFailed, Console console) {
        return new ContainerRuntime(site().engine(sources.login(), console), sources, keepFailed, console);
    }

    protected final Outcome run(TestAction action) throws InterruptedException {
        return run(action, OWN_REGISTRIES);
    }

    protected final Outcome run(TestAction action, ImageSources sources) throws InterruptedException {
        try (ContainerRuntime runtime = runtime(sources, false)) {
            return runtime.run(action.build());
        }
    }

    protected final Outcome run(TestAction action, PullPolicy policy, RegistryMirror... mirrors)
            throws InterruptedException {
        return run(action, new ImageSources(Optional.empty(), policy, List.of(mirrors)));
    }

    protected static ImageSources withLogin(RegistryLogin login) {
        return new ImageSources(Optional.of(login), PullPolicy.ALWAYS, List.of());
    }

    /** Runs an action in a thread of its own; the outcome stays null when that is interrupted. */
    protected final Thread start(TestAction action, AtomicReference<Outcome> outcome) {
        Thread thread = new Thread(() -> {
            try {
                outcome.set(run(action));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.start();
        return thread;
    }

    /** What was said since the test began, or since the last {@link #forget}. */
    protected final List<String> console() {
        return output.toString(UTF_8).lines().toList();
    }

    protected final ByteArrayOutputStream output() {
        return output;
    }

    protected final void awaitLine(String line) throws InterruptedException {
        while (!console().contains(line)) {
            Thread.sleep(50);
        }
    }

    /** An action that runs the command of the registry's image. */
    protected final TestAction busybox() {
        return TestAction.of(site().registry().busybox());
    }

    protected final TestAction shell(String script) {
        return busybox().shell(script);
    }
}
