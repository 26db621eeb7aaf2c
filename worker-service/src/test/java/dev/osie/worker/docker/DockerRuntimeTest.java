package dev.osie.worker.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.LogConfig;
import dev.osie.worker.action.Action;
import dev.osie.worker.action.LineSplitter;
import dev.osie.worker.action.Outcome;
import dev.osie.worker.action.Outcome.Result;
import dev.osie.worker.certificate.SelfSigned;
import dev.osie.worker.console.Console;
import dev.osie.worker.console.Journal;
import dev.osie.worker.image.ImageSources;
import dev.osie.worker.journal.LogFile;
import dev.osie.worker.journal.Syslog;
import dev.osie.worker.settings.PullPolicy;
import dev.osie.worker.settings.RegistryLogin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a real Docker daemon; it needs root, docker.io and busybox-static. */
@Tag("tools")
@Timeout(60)
class DockerRuntimeTest {
    /** Number of CAP_SYS_MODULE in capabilities(7). */
    private static final int SYS_MODULE = 16;

    private static final ImageSources SOURCES = new ImageSources(Optional.empty(), PullPolicy.ALWAYS, List.of());

    @TempDir
    private static Path daemonDirectory;

    @TempDir
    private static Path certificateDirectory;

    private static SelfSigned certificate;
    private static DockerDaemon daemon;
    private static ImageRegistry registry;

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @BeforeAll
    static void startDocker() throws Exception {
        certificate = new SelfSigned(certificateDirectory);
        registry = ImageRegistry.open(certificate);
        daemon = DockerDaemon.start(daemonDirectory);
        try (DockerClient client = daemon.client()) {
            client.pullImageCmd(registry.busybox()).start().awaitCompletion();
        }
    }

    @AfterAll
    static void stopDocker() throws Exception {
        if (daemon != null) {
            daemon.stop();
        }
        registry.close();
    }

    @AfterEach
    void noContainerIsLeft() throws IOException {
        try (DockerClient client = daemon.client()) {
            assertThat(client.listContainersCmd().withShowAll(true).exec()).isEmpty();
        }
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
    void showsBothStreamsLineByLine() throws Exception {
        run(shell("echo out; echo err >&2; printf 'no end'"));

        assertThat(console()).contains("step | out", "step ! err", "step | no end");
    }

    @Test
    void binaryOutputDoesNotFloodTheConsole() throws Exception {
        assertThat(run(shell("head -c 300000 /dev/zero; echo; echo end")).result())
                .isEqualTo(Result.SUCCESS);

        assertThat(console()).contains("step | end").allMatch(line -> line.length() < 2 * LineSplitter.LIMIT);
    }

    @Test
    void journalsAreToldWhichStreamALineCameFrom() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        Console console = new Console(output);
        console.copyTo(List.of(new Journal() {
            @Override
            public void write(boolean error, String line) {
                lines.add(error + " " + line);
            }

            @Override
            public void close() {}
        }));
        try (DockerRuntime runtime = new DockerRuntime(daemon.socket(), SOURCES, false, console)) {
            runtime.run(shell("echo out; echo err >&2"));
        }

        assertThat(lines).contains("false step | out", "true step ! err");
    }

    @Test
    void endlessAndBinaryLinesFillNoJournalAndADeadSyslogServerHoldsNothing() throws Exception {
        Path file = directory.resolve("worker.log");
        Console console = new Console(OutputStream.nullOutputStream());
        try (LogFile log = new LogFile(file, 100_000, console);
                Syslog syslog = Syslog.start("no-such-host.invalid", 514, "w");
                DockerRuntime runtime = new DockerRuntime(daemon.socket(), SOURCES, false, console)) {
            console.copyTo(List.of(log, syslog));

            assertThat(runtime.run(shell(
                            "head -c 5000000 /dev/zero | tr '\\0' x",
                            "head -c 1000000 /dev/urandom",
                            "echo; echo end")))
                    .isEqualTo(Outcome.success());
        }

        assertThat(Files.size(file)).isLessThanOrEqualTo(100_000);
        assertThat(Files.size(Path.of(file + ".1"))).isLessThanOrEqualTo(100_000);
        assertThat(Files.readAllLines(file)).last().asString().endsWith(" step | end");
    }

    @Test
    void dockersOwnCopyOfTheOutputIsBounded() throws Exception {
        AtomicReference<Outcome> outcome = new AtomicReference<>();
        Thread thread = start(shell("trap 'exit 0' TERM; echo started; while :; do sleep 0.1; done"), outcome);
        awaitLine("step | started");
        try (DockerClient client = daemon.client()) {
            LogConfig log = client.inspectContainerCmd("tinkerbell_step_action-1")
                    .exec()
                    .getHostConfig()
                    .getLogConfig();

            assertThat(log.getType().getType()).isEqualTo("json-file");
            assertThat(log.getConfig()).containsEntry("max-size", "1m");
        } finally {
            thread.interrupt();
            thread.join(30_000);
        }
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
                List.of("sh", "-c", "cat /data/in; echo \"$A\" > /data/out; echo x > /ro/in || echo refused"),
                List.of(directory + ":/data", directory + ":/ro:ro,rprivate"),
                List.of("A=b=c d"),
                "",
                "");

        assertThat(run(action).result()).isEqualTo(Result.SUCCESS);
        assertThat(console()).contains("step | from the host", "step | refused");
        assertThat(directory.resolve("out")).hasContent("b=c d");
    }

    @Test
    void aCommandReplacesTheImagesCommandAndNotItsEntrypoint() throws Exception {
        run(action(registry.withEntrypoint(), List.of(), Optional.empty()));
        run(action(registry.withEntrypoint(), List.of("the", "action's"), Optional.empty()));

        assertThat(console()).contains("step | entered with its own", "step | entered with the action's");
    }

    @Test
    void hasTheDevicesOfTheMachine() throws Exception {
        List<String> devices = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/dev"))) {
            for (Path each : all) {
                // Docker makes these two for each container.
                if (Files.readAttributes(each, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                                .isOther()
                        && !each.endsWith("console")
                        && !each.endsWith("ptmx")) {
                    devices.add("step | " + each);
                }
            }
        }

        run(shell("for d in /dev/*; do if [ -b $d ] || [ -c $d ]; then echo $d; fi; done"));

        assertThat(console()).containsAll(devices);
    }

    @Test
    void anActionsEnvironmentIsItsOwnAndNothingOfTheWorkers() throws Exception {
        Optional<RegistryLogin> login = Optional.of(new RegistryLogin("registry.example", "u", "s3cret"));
        Action action = action(registry.busybox(), List.of("env"), List.of(), List.of("A=1"), "", "");

        assertThat(run(action, login).result()).isEqualTo(Result.SUCCESS);

        assertThat(console().stream()
                        .filter(line -> line.startsWith("step | "))
                        .map(line -> line.replaceAll("step \\| |=.*", "")))
                .containsExactlyInAnyOrder("PATH", "HOSTNAME", "A", "HOME");
        assertThat(console()).noneMatch(line -> line.contains("s3cret"));
    }

    @Test
    void isPrivilegedAndSharesNamespacesWhenAsked() throws Exception {
        String look = "readlink /proc/self/ns/pid; readlink /proc/self/ns/net; grep CapEff /proc/self/status";
        run(action(registry.busybox(), List.of("sh", "-c", look), List.of(), List.of(), "host", "host"));

        assertThat(console())
                .contains(
                        "step | " + Files.readSymbolicLink(Path.of("/proc/self/ns/pid")),
                        "step | " + Files.readSymbolicLink(Path.of("/proc/self/ns/net")));
        String capabilities = console().get(4).replace("step | CapEff: ", "");
        assertThat(Long.parseLong(capabilities, 16) >>> SYS_MODULE & 1)
                .as("an unprivileged container can't load modules")
                .isEqualTo(1);
        output.reset();
        run(shell(look));
        assertThat(console()).doesNotContain("step | " + Files.readSymbolicLink(Path.of("/proc/self/ns/pid")));
    }

    @Test
    void stopsAnActionThatTakesTooLongAndLetsItTidyUp() throws Exception {
        Outcome outcome = run(action(
                registry.busybox(),
                List.of("sh", "-c", "trap 'echo tidy; exit 0' TERM; while :; do sleep 0.1; done"),
                Optional.of(Duration.ofSeconds(3))));

        assertThat(outcome).isEqualTo(Outcome.timeout("not done after 3.0 s"));
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
    void removesTheContainerThatAKilledWorkerLeft() throws Exception {
        run(shell());
        try (DockerClient client = daemon.client()) {
            String left = client.createContainerCmd(registry.busybox())
                    .withName("tinkerbell_step_action-1")
                    .withCmd("sleep", "100")
                    .exec()
                    .getId();
            client.startContainerCmd(left).exec();

            assertThat(run(shell("echo again")).result()).isEqualTo(Result.SUCCESS);
        }
        assertThat(console()).contains("step | again");
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
    void anImageThatCameWithTheSystemIsNotPulled() throws Exception {
        String image = registry.host() + "/test/other:1"; // which the registry has not got
        try (DockerClient client = daemon.client()) {
            client.tagImageCmd(registry.busybox(), registry.host() + "/test/other", "1")
                    .exec();
            client.tagImageCmd(registry.busybox(), "osie-build/embedded", "0123456789abcdef")
                    .exec();
            try {
                assertThat(run(action(image, List.of("echo", "here"), Optional.empty()))
                                .result())
                        .isEqualTo(Result.SUCCESS);
            } finally {
                client.removeImageCmd("osie-build/embedded:0123456789abcdef").exec();
                client.removeImageCmd(image).exec();
            }
        }

        assertThat(console())
                .containsExactly(
                        "lab/test · step: " + image + " came with the system",
                        "lab/test · step: running",
                        "step | here");
    }

    @Test
    void aNameOfTheSystemsOwnImagesIsAskedOfNoRegistry() throws Exception {
        for (String image : List.of("osie-build/none", "docker.io/osie-build/none:1")) {
            Outcome outcome = run(action(image, List.of(), Optional.empty()));

            assertThat(outcome)
                    .isEqualTo(Outcome.failed(
                            "this system has no image " + image + ", and names in osie-build/ are not pulled"));
        }
        assertThat(console()).isEmpty();
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
        try (ImageRegistry own = ImageRegistry.withLogin(certificate, "u", "p=w");
                ImageRegistry foreign = ImageRegistry.withLogin(certificate, "v", "x")) {
            Optional<RegistryLogin> login = Optional.of(new RegistryLogin(own.host(), "u", "p=w"));

            assertThat(run(action(own.busybox(), List.of(), Optional.empty()), login)
                            .result())
                    .isEqualTo(Result.SUCCESS);
            assertThat(run(action(foreign.busybox(), List.of(), Optional.of(Duration.ofSeconds(5))), login)
                            .result())
                    .isNotEqualTo(Result.SUCCESS);
            assertThat(own.authorizations()).isNotEmpty();
            assertThat(foreign.authorizations()).isEmpty();
        }
    }

    @Test
    void waitsForADockerThatComesLater() throws Exception {
        Path socket = directory.resolve("docker.sock");
        Thread later = new Thread(() -> {
            try {
                Thread.sleep(1500);
                Files.createSymbolicLink(socket, Path.of(daemon.socket()));
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        later.start();
        try (DockerRuntime runtime = new DockerRuntime(socket.toString(), SOURCES, false, new Console(output))) {
            assertThat(runtime.run(shell()).result()).isEqualTo(Result.SUCCESS);
        }
        assertThat(console()).first().isEqualTo("worker waiting for Docker at " + socket);
    }

    @Test
    void aDockerThatNeverComesDoesNotHoldAnActionBeyondItsTime() throws Exception {
        try (DockerRuntime runtime =
                new DockerRuntime(directory.resolve("none").toString(), SOURCES, false, new Console(output))) {
            assertThat(runtime.run(action("img", List.of(), Optional.of(Duration.ofSeconds(1))))
                            .result())
                    .isEqualTo(Result.TIMEOUT);
        }
    }

    @Test
    void aDockerThatCrashesIsAFailedAction() throws Exception {
        AtomicReference<Outcome> outcome = new AtomicReference<>();
        Thread thread = start(shell("echo started; sleep 60"), outcome);
        awaitLine("step | started");

        daemon.crash();

        thread.join(60_000);
        assertThat(outcome.get()).isNotNull();
        assertThat(outcome.get().result()).isEqualTo(Result.FAILED);
    }

    @Test
    void anInterruptStopsAndRemovesTheContainer() throws Exception {
        AtomicReference<Outcome> outcome = new AtomicReference<>();
        Thread thread = start(shell("trap 'exit 0' TERM; echo started; while :; do sleep 0.1; done"), outcome);
        awaitLine("step | started");

        thread.interrupt();

        thread.join(30_000);
        assertThat(thread.isAlive()).isFalse();
        assertThat(outcome.get()).as("interrupted, not ended").isNull();
    }

    @Test
    void namesContainersSoThatDockerTakesThem() {
        Action action = new Action(
                "lab/x",
                "t",
                "w",
                "1:2",
                "write image/ä",
                "img",
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                "",
                "");

        assertThat(ActionContainer.name(action)).isEqualTo("tinkerbell_write_image___1_2");
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
        return run(action, Optional.empty());
    }

    private Outcome run(Action action, Optional<RegistryLogin> login) throws InterruptedException {
        ImageSources sources = new ImageSources(login, PullPolicy.ALWAYS, List.of());
        try (DockerRuntime runtime = new DockerRuntime(daemon.socket(), sources, false, new Console(output))) {
            return runtime.run(action);
        }
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
}
