package dev.osie.worker.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.action.LineSplitter;
import dev.osie.worker.action.Outcome;
import dev.osie.worker.action.Outcome.Result;
import dev.osie.worker.console.Console;
import dev.osie.worker.console.Journal;
import dev.osie.worker.journal.LogFile;
import dev.osie.worker.journal.Syslog;
import dev.osie.worker.settings.RegistryLogin;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** How an action is run: its options, what it writes, and how it ends. */
public abstract class ActionContract<S extends EngineSite> extends EngineContract<S> {
    /** Number of CAP_SYS_MODULE in capabilities(7). */
    private static final int SYS_MODULE = 16;

    @Test
    void pullsTheImageRunsItsCommandAndSucceeds() throws Exception {
        assertThat(run(busybox())).isEqualTo(Outcome.success());

        assertThat(console())
                .containsExactly(
                        "lab/test · step: pulling " + site().registry().busybox(),
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
        assertThat(run(shell("head -c 3000000 /dev/zero; echo; echo end"))).isEqualTo(Outcome.success());

        assertThat(console()).contains("step | end").allMatch(line -> line.length() < 2 * LineSplitter.LIMIT);
    }

    @Test
    void journalsAreToldWhichStreamALineCameFrom() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        Console console = new Console(output());
        console.copyTo(List.of(new Journal() {
            @Override
            public void write(boolean error, String line) {
                lines.add(error + " " + line);
            }

            @Override
            public void close() {}
        }));
        try (ContainerRuntime runtime = runtime(OWN_REGISTRIES, false, console)) {
            runtime.run(shell("echo out; echo err >&2").build());
        }

        assertThat(lines).contains("false step | out", "true step ! err");
    }

    @Test
    void endlessAndBinaryLinesFillNoJournalAndADeadSyslogServerHoldsNothing() throws Exception {
        Path file = directory.resolve("worker.log");
        Console console = new Console(OutputStream.nullOutputStream());
        try (LogFile log = new LogFile(file, 100_000, console);
                Syslog syslog = Syslog.start("no-such-host.invalid", 514, "w");
                ContainerRuntime runtime = runtime(OWN_REGISTRIES, false, console)) {
            console.copyTo(List.of(log, syslog));

            assertThat(runtime.run(shell(
                                    "head -c 5000000 /dev/zero | tr '\\0' x; head -c 1000000 /dev/urandom; echo; echo end")
                            .build()))
                    .isEqualTo(Outcome.success());
        }

        assertThat(Files.size(file)).isLessThanOrEqualTo(100_000);
        assertThat(Files.size(Path.of(file + ".1"))).isLessThanOrEqualTo(100_000);
        assertThat(Files.readAllLines(file)).last().asString().endsWith(" step | end");
    }

    @Test
    void failsWithTheExitCodeAndTheLastWords() throws Exception {
        assertThat(run(shell("echo starting; echo 'no such disk' >&2; exit 7")))
                .isEqualTo(Outcome.failed("exit code 7: no such disk"));
    }

    @Test
    void aCommandThatIsNotThereFails() throws Exception {
        Outcome outcome = run(busybox().command("/no/such/program"));

        assertThat(outcome.result()).isEqualTo(Result.FAILED);
        assertThat(outcome.message()).contains("/no/such/program");
    }

    @Test
    void anActionWithoutAnImageFails() throws Exception {
        assertThat(run(TestAction.of(" "))).isEqualTo(Outcome.failed("the action names no image"));
    }

    @Test
    void passesCommandEnvironmentAndVolumes() throws Exception {
        Files.writeString(directory.resolve("in"), "from the host\n");

        assertThat(run(shell("cat /data/in; echo \"$A\" > /data/out; echo x > /ro/in || echo refused; echo > /new/x")
                        .volumes(directory + ":/data", directory + ":/ro:ro,rprivate", directory + "/made:/new")
                        .environment("A=b=c d")))
                .isEqualTo(Outcome.success());

        assertThat(console()).contains("step | from the host", "step | refused");
        assertThat(directory.resolve("out")).hasContent("b=c d");
        assertThat(directory.resolve("made/x")).exists();
    }

    @Test
    void aCommandReplacesTheImagesCommandAndNotItsEntrypoint() throws Exception {
        TestAction own = TestAction.of(site().registry().withEntrypoint());
        run(own);
        run(own.command("the", "action's"));

        assertThat(console()).contains("step | entered with its own", "step | entered with the action's");
    }

    @Test
    void hasTheDevicesOfTheMachine() throws Exception {
        run(shell("for d in /dev/*; do if [ -b $d ] || [ -c $d ]; then echo $d; fi; done"));

        assertThat(console()).containsAll(devices());
    }

    private static List<String> devices() throws IOException {
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
        return devices;
    }

    @Test
    void anActionsEnvironmentIsItsOwnAndNothingOfTheWorkers() throws Exception {
        assertThat(run(
                        busybox().command("env").environment("A=1", "USER"),
                        withLogin(new RegistryLogin("registry.example", "u", "s3cret"))))
                .isEqualTo(Outcome.success());

        assertThat(console().stream()
                        .filter(line -> line.startsWith("step | "))
                        .map(line -> line.replaceAll("step \\| |=.*", "")))
                .contains("PATH", "A", "HOME")
                .isSubsetOf("PATH", "A", "HOME", "HOSTNAME");
        assertThat(console()).noneMatch(line -> line.contains("s3cret"));
    }

    @Test
    void isPrivilegedAndSharesNamespacesWhenAsked() throws Exception {
        String look = "readlink /proc/self/ns/pid; readlink /proc/self/ns/net; grep CapEff /proc/self/status";
        String pid = "step | " + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
        String net = "step | " + Files.readSymbolicLink(Path.of("/proc/self/ns/net"));

        run(shell(look).pid("host").network("host"));

        assertThat(console()).contains(pid, net);
        String capabilities = console().get(4).replace("step | CapEff:", "").strip();
        assertThat(Long.parseLong(capabilities, 16) >>> SYS_MODULE & 1)
                .as("an unprivileged container can't load modules")
                .isEqualTo(1);
        forget();
        run(shell(look).network("none"));
        assertThat(console()).doesNotContain(pid, net);
    }

    @Test
    void stopsAnActionThatTakesTooLongAndLetsItTidyUp() throws Exception {
        Outcome outcome = run(shell("trap 'echo tidy; exit 0' TERM; while :; do sleep 0.1; done")
                .limit(Duration.ofSeconds(6)));

        assertThat(outcome).isEqualTo(Outcome.timeout("not done after 6.0 s"));
        assertThat(console()).contains("step | tidy");
    }

    @Test
    void killsAnActionThatDoesNotStop() throws Exception {
        long start = System.nanoTime();
        Outcome outcome = run(shell("trap '' TERM; sleep 100").limit(Duration.ofSeconds(2)));

        assertThat(outcome.result()).isEqualTo(Result.TIMEOUT);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(30));
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
    void waitsForAnEngineThatComesLater() throws Exception {
        Path socket = directory.resolve("later.sock");
        Thread later = new Thread(() -> {
            try {
                Thread.sleep(1500);
                Files.createSymbolicLink(socket, Path.of(site().socket()));
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        later.start();
        ContainerEngine engine = site().engineAt(socket.toString());
        try (ContainerRuntime runtime = new ContainerRuntime(engine, OWN_REGISTRIES, false, new Console(output()))) {
            assertThat(runtime.run(busybox().build())).isEqualTo(Outcome.success());
        }
        assertThat(console()).first().isEqualTo("worker waiting for " + engine.name() + " at " + socket);
    }

    @Test
    void anEngineThatNeverComesDoesNotHoldAnActionBeyondItsTime() throws Exception {
        ContainerEngine none = site().engineAt(directory.resolve("none").toString());
        try (ContainerRuntime runtime = new ContainerRuntime(none, OWN_REGISTRIES, false, new Console(output()))) {
            assertThat(runtime.run(TestAction.of("img")
                                    .limit(Duration.ofSeconds(1))
                                    .build())
                            .result())
                    .isEqualTo(Result.TIMEOUT);
        }
    }
}
