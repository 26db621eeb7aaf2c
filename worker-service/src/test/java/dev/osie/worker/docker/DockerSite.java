package dev.osie.worker.docker;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.dockerjava.api.DockerClient;
import dev.osie.worker.action.Action;
import dev.osie.worker.action.Outcome;
import dev.osie.worker.certificate.SelfSigned;
import dev.osie.worker.console.Console;
import dev.osie.worker.image.ImageSources;
import dev.osie.worker.settings.PullPolicy;
import dev.osie.worker.settings.RegistryMirror;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A Docker daemon, a registry with one image, and what a worker that uses them says. */
final class DockerSite {
    private final SelfSigned certificate;
    private final ImageRegistry registry;
    private final DockerDaemon daemon;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    /** @param directory an empty directory with a short path */
    DockerSite(Path directory) throws Exception {
        certificate = new SelfSigned(Files.createDirectory(directory.resolve("c")));
        registry = ImageRegistry.open(certificate);
        daemon = DockerDaemon.start(Files.createDirectory(directory.resolve("d")));
    }

    SelfSigned certificate() {
        return certificate;
    }

    ImageRegistry registry() {
        return registry;
    }

    DockerDaemon daemon() {
        return daemon;
    }

    DockerClient client() {
        return daemon.client();
    }

    /** A runtime as a worker that has just been started has it. */
    DockerRuntime runtime(boolean keepFailed, PullPolicy policy, RegistryMirror... mirrors) {
        ImageSources sources = new ImageSources(Optional.empty(), policy, List.of(mirrors));
        return new DockerRuntime(daemon.socket(), sources, keepFailed, new Console(output));
    }

    Outcome run(Action action, PullPolicy policy, RegistryMirror... mirrors) throws InterruptedException {
        try (DockerRuntime runtime = runtime(false, policy, mirrors)) {
            return runtime.run(action);
        }
    }

    /** What was said since the last {@link #forget}. */
    List<String> console() {
        return output.toString(UTF_8).lines().toList();
    }

    void forget() {
        output.reset();
    }

    void awaitLine(String line) throws InterruptedException {
        while (!console().contains(line)) {
            Thread.sleep(50);
        }
    }

    /** An action of the workflow lab/test for the worker w. */
    static Action action(String id, String image, String... command) {
        return new Action(
                "lab/test",
                "task-1",
                "w",
                id,
                "step",
                image,
                Optional.empty(),
                List.of(command),
                List.of(),
                List.of(),
                "",
                "");
    }

    void stop() throws Exception {
        daemon.stop();
        registry.close();
    }
}
