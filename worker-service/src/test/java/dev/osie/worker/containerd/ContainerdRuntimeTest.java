package dev.osie.worker.containerd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.action.Action;
import dev.osie.worker.action.LineSplitter;
import dev.osie.worker.action.Outcome;
import dev.osie.worker.action.Outcome.Result;
import dev.osie.worker.certificate.SelfSigned;
import dev.osie.worker.console.Console;
import dev.osie.worker.docker.ImageRegistry;
import dev.osie.worker.image.ImageSources;
import dev.osie.worker.settings.ContainerdSettings;
import dev.osie.worker.settings.PullPolicy;
import dev.osie.worker.settings.RegistryLogin;
import dev.osie.worker.settings.RegistryMirror;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a real containerd and real registries; it needs root, containerd, docker-registry, skopeo and busybox-static. */
@Tag("tools")
@Timeout(60)
class ContainerdRuntimeTest {
    /** Number of CAP_SYS_MODULE in capabilities(7). */
    private static final int SYS_MODULE = 16;

    private static final ImageSources OWN_REGISTRIES = new ImageSources(Optional.empty(), PullPolicy.ALWAYS, List.of());

    @TempDir
    private static Path daemonDirectory;

    @TempDir
    private static Path certificateDirectory;

    private static SelfSigned certificate;
    private static ContainerdDaemon daemon;
    private static ImageRegistry registry;

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @BeforeAll
    static void startContainerd() throws Exception {
        certificate = new SelfSigned(certificateDirectory);
        registry = ImageRegistry.open(certificate);
        daemon = ContainerdDaemon.start(daemonDirectory);
        // The first action of a process takes as long as it takes to load classes, which tests of time are not about.
        try (ContainerdRuntime runtime = runtime(settings(), OWN_REGISTRIES, false, OutputStream.nullOutputStream())) {
            assertThat(runtime.run(shell())).isEqualTo(Outcome.success());
        }
    }

    @AfterAll
    static void stopContainerd() throws Exception {
        if (daemon != null) {
            daemon.stop();
        }
        registry.close();
    }

    @AfterEach
    void nothingIsLeftOfContainersAndPulls() throws Exception {
        assertThat(daemon.ctr("tasks", "list", "--quiet")).isEmpty();
        assertThat(daemon.ctr("containers", "list", "--quiet")).isEmpty();
        assertThat(daemon.ctr("leases", "list", "--quiet")).isEmpty();
        assertThat(daemon.ctr("snapshots", "list")).doesNotContain("Active");
    }

    @Test
    void pullsTheImageRunsItsCommandAndSucceeds() throws Exception {
        assertThat(run(shell())).isEqualTo(Outcome.success());

        assertThat(console())
                .containsExactly(
                        "lab/test · step: pulling " + registry.busybox(),
                        "lab/test · step: running",
                        "step | the image's own command");
    }

    @Test
    void keepsAnImageUnpackedAndNotItsLayers() throws Exception {
        run(shell());

        assertThat(daemon.ctr("images", "list", "--quiet")).contains(registry.busybox() + "\n");
        assertThat(daemon.ctr("snapshots", "list")).contains("Committed");
        // Its manifest and its configuration.
        assertThat(daemon.ctr("content", "list", "--quiet").lines()).hasSize(2);
    }

    @Test
    void showsBothStreamsLineByLine() throws Exception {
        run(shell("echo out; echo err >&2; printf 'no end'"));

        assertThat(console()).contains("step | out", "step ! err", "step | no end");
    }

    @Test
    void binaryOutputDoesNotFloodTheConsole() throws Exception {
        assertThat(run(shell("head -c 3000000 /dev/zero; echo; echo end")).result())
                .isEqualTo(Result.SUCCESS);

        assertThat(console()).contains("step | end").allMatch(line -> line.length() < 2 * LineSplitter.LIMIT);
    }

    @Test
    void failsWithTheExitCodeAndTheLastWords() throws Exception {
        Outcome outcome = run(shell("echo starting; echo 'no such disk' >&2; exit 7"));

        assertThat(outcome).isEqualTo(Outcome.failed("exit code 7: no such disk"));
    }

    @Test
    void aCommandThatIsNotThereFails() throws Exception {
        Outcome outcome = run(action(registry.busybox(), List.of("/no/such/program"), Optional.empty()));

        assertThat(outcome.result()).isEqualTo(Result.FAILED);
        assertThat(outcome.message()).contains("/no/such/program");
    }

    @Test
    void passesCommandEnvironmentAndVolumes() throws Exception {
        Files.writeString(directory.resolve("in"), "from the host\n");
        Action action = action(
                registry.busybox(),
                List.of(
                        "sh",
                        "-c",
                        "cat /data/in; echo \"$A\" > /data/out; echo x > /ro/in || echo refused; echo > /new/x"),
                List.of(directory + ":/data", directory + ":/ro:ro,rprivate", directory + "/made:/new", "cache:/c"),
                List.of("A=b=c d"),
                "",
                "");

        assertThat(run(action)).isEqualTo(Outcome.success());
        assertThat(console())
                .contains(
                        "step | from the host",
                        "step | refused",
                        "lab/test · step: the volume cache:/c is no directory of the machine and is left out");
        assertThat(directory.resolve("out")).hasContent("b=c d");
        assertThat(directory.resolve("made/x")).exists();
    }

    @Test
    void anActionsEnvironmentIsItsOwnAndNothingOfTheWorkers() throws Exception {
        Action action = action(registry.busybox(), List.of("env"), List.of(), List.of("A=1", "USER"), "", "");

        assertThat(run(action).result()).isEqualTo(Result.SUCCESS);

        assertThat(console().stream()
                        .filter(line -> line.startsWith("step | "))
                        .map(line -> line.replaceAll("step \\| |=.*", "")))
                .containsExactlyInAnyOrder("PATH", "A", "HOME");
    }

    @Test
    void isPrivilegedHasTheMachinesDevicesAndSharesNamespacesWhenAsked() throws Exception {
        String look = "readlink /proc/self/ns/pid; readlink /proc/self/ns/net; grep CapEff /proc/self/status;"
                + " test -c /dev/full && echo devices; test -s /etc/resolv.conf && echo names";
        run(action(registry.busybox(), List.of("sh", "-c", look), List.of(), List.of(), "host", "host"));

        String pid = "step | " + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
        String net = "step | " + Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
        assertThat(console()).contains(pid, net, "step | devices");
        String capabilities = console().get(4).replace("step | CapEff: ", "");
        assertThat(Long.parseLong(capabilities.strip(), 16) >>> SYS_MODULE & 1)
                .as("an unprivileged container can't load modules")
                .isEqualTo(1);
        output.reset();
        run(shell(look));
        assertThat(console()).doesNotContain(pid).contains(net);
        output.reset();
        run(action(registry.busybox(), List.of("sh", "-c", look), List.of(), List.of(), "", "none"));
        assertThat(console()).doesNotContain(pid, net);
    }

    @Test
    void aNamespaceThatContainerdHasNotGotFails() throws Exception {
        assertThat(run(action(registry.busybox(), List.of("env"), List.of(), List.of(), "container:x", "")))
                .isEqualTo(Outcome.failed(
                        "it wants the PID namespace container:x; with containerd there is its own and host"));
    }

    @Test
    void isNamedAndLabelledAfterItsAction() throws Exception {
        AtomicReference<Outcome> outcome = new AtomicReference<>();
        Thread thread = start(shell("trap 'exit 0' TERM; echo started; while :; do sleep 0.1; done"), outcome);
        awaitLine("step | started");

        assertThat(daemon.ctr("containers", "info", "tinkerbell_step_action-1"))
                .contains("\"dev.osie.worker.workflow\": \"lab/test\"", "\"dev.osie.worker.action\": \"action-1\"");

        thread.interrupt();
        thread.join(30_000);
        assertThat(thread.isAlive()).isFalse();
        assertThat(outcome.get()).as("interrupted, not ended").isNull();
    }

    @Test
    void stopsAnActionThatTakesTooLongAndLetsItTidyUp() throws Exception {
        Outcome outcome = run(action(
                registry.busybox(),
                List.of("sh", "-c", "trap 'echo tidy; exit 0' TERM; while :; do sleep 0.1; done"),
                Optional.of(Duration.ofSeconds(6))));

        assertThat(outcome).isEqualTo(Outcome.timeout("not done after 6.0 s"));
        assertThat(console()).contains("step | tidy");
    }

    @Test
    void killsAnActionThatDoesNotStop() throws Exception {
        long start = System.nanoTime();
        Outcome outcome = run(action(
                registry.busybox(),
                List.of("sh", "-c", "trap '' TERM; sleep 100"),
                Optional.of(Duration.ofSeconds(2))));

        assertThat(outcome.result()).isEqualTo(Result.TIMEOUT);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(30));
    }

    @Test
    void removesWhatAKilledWorkerHasLeft() throws Exception {
        run(shell());
        daemon.ctr("run", "--detach", "--label", "dev.osie.worker.id=w", registry.busybox(), "left", "sleep", "100");
        assertThat(daemon.ctr("tasks", "list", "--quiet")).isEqualTo("left\n");

        assertThat(run(shell("echo again")).result()).isEqualTo(Result.SUCCESS);

        assertThat(console()).contains("worker removes a container of its earlier life: left", "step | again");
    }

    @Test
    void takesTheLocalImageWhenTheRegistryIsGone() throws Exception {
        String image;
        try (ImageRegistry gone = ImageRegistry.open(certificate)) {
            image = gone.busybox();
            run(action(image, List.of(), Optional.empty()));
        }

        Outcome outcome = run(action(image, List.of("echo", "still here"), Optional.empty()));

        assertThat(outcome.result()).isEqualTo(Result.SUCCESS);
        assertThat(console())
                .contains("step | still here")
                .anyMatch(line -> line.endsWith("taking the image that is here"));
    }

    @Test
    void failsAtOnceWhenTheRegistryHasNoSuchImage() throws Exception {
        Outcome outcome = run(action(registry.host() + "/test/other:1", List.of(), Optional.empty()));

        assertThat(outcome.result()).isEqualTo(Result.FAILED);
        assertThat(outcome.message()).startsWith("can't pull " + registry.host() + "/test/other:1: ");
        assertThat(console()).hasSize(1);
    }

    @Test
    void triesAgainWhenTheRegistryFails() throws Exception {
        try (ImageRegistry flaky = ImageRegistry.open(certificate)) {
            flaky.fail(2);

            assertThat(run(action(flaky.busybox(), List.of(), Optional.empty())).result())
                    .isEqualTo(Result.SUCCESS);
        }
        assertThat(console()).anyMatch(line -> line.endsWith("trying again"));
    }

    @Test
    void aLoginGoesToItsOwnRegistryOnly() throws Exception {
        try (DockerRegistry own = DockerRegistry.withLogin(directory.resolve("own"));
                ImageRegistry foreign = ImageRegistry.withLogin(certificate, "v", "x")) {
            own.copy(registry.busybox(), "test/busybox:1", "--dest-creds=u:p=w");
            ImageSources login = new ImageSources(
                    Optional.of(new RegistryLogin(own.host(), "u", "p=w")), PullPolicy.ALWAYS, List.of());

            assertThat(run(action(own.host() + "/test/busybox:1", List.of(), Optional.empty()), login))
                    .isEqualTo(Outcome.success());
            assertThat(run(action(own.host() + "/test/busybox:1", List.of(), Optional.empty()), login))
                    .isEqualTo(Outcome.success());
            assertThat(run(action(foreign.busybox(), List.of(), Optional.empty()), login)
                            .result())
                    .isEqualTo(Result.FAILED);
            assertThat(foreign.authorizations()).isEmpty();
        }
    }

    @Test
    void asksTheMirrorsOfDockerHubInOrder() throws Exception {
        try (DockerRegistry empty = DockerRegistry.open(directory.resolve("empty"));
                DockerRegistry full = DockerRegistry.open(directory.resolve("full"))) {
            full.copy(registry.busybox(), "test/mirrored:1");
            ContainerdSettings mirrors = settings(
                    URI.create("http://127.0.0.1:1"),
                    URI.create("http://" + empty.host()),
                    URI.create("http://" + full.host()));

            try (ContainerdRuntime runtime = runtime(mirrors, OWN_REGISTRIES, false, output)) {
                assertThat(runtime.run(action("test/mirrored:1", List.of("echo", "mirrored"), Optional.empty())))
                        .isEqualTo(Outcome.success());
            }

            assertThat(console()).contains("step | mirrored").noneMatch(line -> line.contains("trying again"));
            assertThat(empty.requests()).contains("404 /v2/test/mirrored/manifests/1");
            assertThat(full.requests()).contains("200 /v2/test/mirrored/manifests/1");
            assertThat(daemon.ctr("images", "list", "--quiet")).contains("docker.io/test/mirrored:1\n");
        }
    }

    @Test
    void anotherRegistryStandsInForAnImagesOwn() throws Exception {
        ImageSources mirrored = new ImageSources(
                Optional.empty(),
                PullPolicy.MISSING,
                List.of(
                        new RegistryMirror(Optional.empty(), "127.0.0.1:1"),
                        new RegistryMirror(Optional.empty(), registry.host())));

        assertThat(run(action("registry.invalid/test/busybox:1", List.of("echo", "here"), Optional.empty()), mirrored))
                .isEqualTo(Outcome.success());

        assertThat(console())
                .contains("lab/test · step: " + registry.busybox() + " is here")
                .noneMatch(line -> line.contains("pulling"));
    }

    @Test
    void theContainerOfAnActionThatFailsIsKeptWhenAskedFor() throws Exception {
        try (ContainerdRuntime runtime = runtime(settings(), OWN_REGISTRIES, true, output)) {
            assertThat(runtime.run(shell("exit 3")).result()).isEqualTo(Result.FAILED);
        }
        assertThat(console()).contains("lab/test · step: its container tinkerbell_step_action-1 is kept");
        assertThat(daemon.ctr("containers", "list", "--quiet")).isEqualTo("tinkerbell_step_action-1\n");
        try (ContainerdRuntime later = runtime(settings(), OWN_REGISTRIES, true, output)) {
            assertThat(later.run(named("other", "2"))).isEqualTo(Outcome.success());
        }
        assertThat(daemon.ctr("containers", "list", "--quiet")).isEqualTo("tinkerbell_step_action-1\n");

        run(shell());
    }

    @Test
    void aNameOfTheSystemsOwnImagesIsAskedOfNoRegistry() throws Exception {
        assertThat(run(action("osie-build/none", List.of(), Optional.empty())))
                .isEqualTo(Outcome.failed(
                        "this system has no image osie-build/none, and names in osie-build/ are not pulled"));
        assertThat(console()).isEmpty();
    }

    @Test
    void anImageThatCameWithTheSystemIsNotPulled() throws Exception {
        run(shell());
        output.reset();
        String image = registry.host() + "/test/other:1"; // which the registry has not got
        String embedded = "docker.io/osie-build/embedded:0123456789abcdef";
        daemon.ctr("images", "tag", registry.busybox(), image);
        daemon.ctr("images", "tag", registry.busybox(), embedded);
        try {
            assertThat(run(action(image, List.of("echo", "here"), Optional.empty())))
                    .isEqualTo(Outcome.success());
        } finally {
            daemon.ctr("images", "remove", image, embedded);
        }

        assertThat(console())
                .containsExactly(
                        "lab/test · step: " + image + " came with the system",
                        "lab/test · step: running",
                        "step | here");
    }

    @Test
    void anImageThatSomebodyElseImportedIsUnpacked() throws Exception {
        Path archive = directory.resolve("image.tar");
        skopeo(registry.busybox(), archive, "registry.lab/imported:1");
        daemon.ctr("images", "import", "--no-unpack", archive.toString());

        assertThat(run(action("registry.lab/imported:1", List.of("echo", "here"), Optional.of(Duration.ofSeconds(50)))))
                .isEqualTo(Outcome.success());
        daemon.ctr("images", "remove", "--sync", "registry.lab/imported:1");
    }

    @Test
    void anActionOutlivesACrashOfContainerd() throws Exception {
        AtomicReference<Outcome> outcome = new AtomicReference<>();
        Thread thread = start(shell("echo started; sleep 8; echo done; exit 3"), outcome);
        awaitLine("step | started");

        daemon.crash();

        thread.join(50_000);
        assertThat(outcome.get()).isEqualTo(Outcome.failed("exit code 3: done"));
    }

    @Test
    void waitsForAContainerdThatComesLaterButNotBeyondAnActionsTime() throws Exception {
        ContainerdSettings none =
                new ContainerdSettings(directory.resolve("none").toString(), "test", List.of(), List.of());
        try (ContainerdRuntime runtime = runtime(none, OWN_REGISTRIES, false, output)) {
            assertThat(runtime.run(action("img", List.of(), Optional.of(Duration.ofSeconds(1))))
                            .result())
                    .isEqualTo(Result.TIMEOUT);
        }
        assertThat(console()).containsExactly("worker waiting for containerd at " + directory.resolve("none"));
    }

    @Test
    void namesContainersSoThatContainerdTakesThem() {
        assertThat(ActionContainer.name(named("write image/ä", "1:2"))).isEqualTo("tinkerbell_write_image_1_2");
        String one = ActionContainer.name(named("x".repeat(200), "1"));
        assertThat(one).hasSize(76).isNotEqualTo(ActionContainer.name(named("x".repeat(200), "2")));
    }

    private static void skopeo(String image, Path archive, String name) throws IOException, InterruptedException {
        Process skopeo = new ProcessBuilder(
                        "skopeo",
                        "copy",
                        "--quiet",
                        "--src-tls-verify=false",
                        "docker://" + image,
                        "docker-archive:" + archive + ":" + name)
                .redirectErrorStream(true)
                .start();
        String said = new String(skopeo.getInputStream().readAllBytes());
        assertThat(skopeo.waitFor()).as(said).isZero();
    }

    private Thread start(Action action, AtomicReference<Outcome> outcome) {
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

    private void awaitLine(String line) throws InterruptedException {
        while (!console().contains(line)) {
            Thread.sleep(50);
        }
    }

    private Outcome run(Action action) throws InterruptedException {
        return run(action, OWN_REGISTRIES);
    }

    private Outcome run(Action action, ImageSources sources) throws InterruptedException {
        try (ContainerdRuntime runtime = runtime(settings(), sources, false, output)) {
            return runtime.run(action);
        }
    }

    private static ContainerdRuntime runtime(
            ContainerdSettings settings, ImageSources sources, boolean keepFailed, OutputStream output) {
        return new ContainerdRuntime(settings, sources, keepFailed, new Console(output));
    }

    private static ContainerdSettings settings(URI... hubMirrors) {
        return new ContainerdSettings(daemon.socket(), "test", List.of(hubMirrors), List.of());
    }

    private List<String> console() {
        return output.toString(UTF_8).lines().toList();
    }

    private static Action shell(String... script) {
        List<String> command = script.length == 0 ? List.of() : List.of("sh", "-c", String.join("\n", script));
        return action(registry.busybox(), command, Optional.empty());
    }

    private static Action action(String image, List<String> command, Optional<Duration> limit) {
        return new Action(
                "lab/test", "task-1", "w", "action-1", "step", image, limit, command, List.of(), List.of(), "", "");
    }

    private static Action action(
            String image,
            List<String> command,
            List<String> volumes,
            List<String> environment,
            String pid,
            String network) {
        return new Action(
                "lab/test",
                "task-1",
                "w",
                "action-1",
                "step",
                image,
                Optional.empty(),
                command,
                volumes,
                environment,
                pid,
                network);
    }

    private static Action named(String name, String id) {
        return new Action(
                "lab/x",
                "t",
                "w",
                id,
                name,
                registry.busybox(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                "",
                "");
    }
}
