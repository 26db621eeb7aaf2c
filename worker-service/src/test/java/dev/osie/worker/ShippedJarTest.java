package dev.osie.worker;

import static dev.osie.worker.workflow.WorkflowServer.action;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.workflow.StreamServer;
import dev.osie.worker.workflow.Workflow;
import dev.osie.worker.workflow.WorkflowServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program as it is shipped: the jar, only the libraries beside it. */
@Tag("tools")
@Timeout(60)
class ShippedJarTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private Process process;

    @AfterEach
    void end() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void asksTheServerAndStopsWhenTold() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            start("-grpc-server", server.authority(), "-id", "w");
            assertThat(server.await(s -> !s.polls().isEmpty(), LIMIT)).isTrue();

            process.destroy();

            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(output()).startsWith("worker starting", "worker w asking " + server.authority());
        }
    }

    @Test
    void isStillThereWithoutDocker() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            Workflow workflow =
                    server.workflow("w", "lab/none", action("a", "img").setTimeout(3));
            start(
                    "-grpc-server",
                    server.authority(),
                    "-id",
                    "w",
                    "-docker-socket",
                    directory.resolve("no.sock").toString());
            workflow.await(LIMIT);

            assertThat(workflow.history()).containsExactly("a RUNNING", "a TIMEOUT");
            assertThat(process.isAlive()).isTrue();
        }
    }

    @Test
    void speaksToAnOlderServer() throws Exception {
        try (StreamServer server = StreamServer.start(0)) {
            server.workflow("old", StreamServer.action("w", "a", "img").setTimeout(3));
            start("-grpc-server", "127.0.0.1:" + server.port(), "-id", "w", "-docker-socket", "/no/docker.sock");

            assertThat(server.await(s -> s.reports().size() == 2, LIMIT)).isTrue();
            assertThat(server.history()).containsExactly("old a STATE_RUNNING", "old a STATE_TIMEOUT");
        }
    }

    @Test
    void takesAWorkflowFromAFileAndStaysAfterwards() throws Exception {
        Path workflow = Files.writeString(
                directory.resolve("lab.yaml"), "[{ name: a, image: img, timeoutSeconds: 1 }, { name: b, image: img }]");
        start("-transport", "file", "-workflow-path", workflow.toString(), "-docker-socket", "/no/docker.sock");

        awaitLine("worker has nothing to do; asking on");
        assertThat(Path.of(workflow + ".status")).content().contains("\"state\": \"TIMEOUT\"", "\"PENDING\"");
        assertThat(output()).anyMatch(line -> line.startsWith("lab · a: TIMEOUT in "));
        assertThat(process.isAlive()).isTrue();
    }

    @Test
    void keepsAndSendsWhatIsOnTheConsole() throws Exception {
        Path log = directory.resolve("worker.log");
        try (WorkflowServer server = WorkflowServer.start();
                DatagramSocket syslog = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            syslog.setSoTimeout(30_000);
            String port = Integer.toString(syslog.getLocalPort());
            start(
                    "-grpc-server",
                    server.authority(),
                    "-id=w",
                    "-syslog-host=127.0.0.1",
                    "-syslog-port=" + port,
                    "-log-file=" + log);
            DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
            syslog.receive(packet);

            assertThat(new String(packet.getData(), 0, packet.getLength(), UTF_8))
                    .matches("<30>1 \\S+ w tink-worker - - - worker has nothing to do; asking on");
            assertThat(log).content().endsWith("Z worker has nothing to do; asking on\n");
        }
    }

    @Test
    void saysEachSettingThatItCannotUseOnceAndNoSecret() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            start(
                    "-grpc-server",
                    server.authority(),
                    "-id=w",
                    "-grpc-tls=yes",
                    "-registry-pass",
                    "s3cret",
                    "-syslog-port=x",
                    "-log-file=log");
            awaitLine("worker has nothing to do");

            assertThat(output())
                    .filteredOn(line -> line.startsWith("worker setting: "))
                    .containsExactly(
                            "worker setting: tinkerbell_tls is 'yes' in the flag -grpc-tls, expected true or false;"
                                    + " taking false",
                            "worker setting: a registry login takes docker_registry, registry_username and"
                                    + " registry_password; not all are given, so images are pulled without one",
                            "worker setting: syslog_port is 'x' in the flag -syslog-port, expected a number from 1 to"
                                    + " 65535; taking 514",
                            "worker setting: worker_log is 'log' in the flag -log-file, expected the whole path of a"
                                    + " file, or none; taking the usual one");
            assertThat(output()).noneMatch(line -> line.contains("s3cret"));
        }
    }

    @Test
    void namesTheLineInAWorkflowThatItCannotUse() throws Exception {
        Path workflow = Files.writeString(directory.resolve("lab.yaml"), "- name: a\n  image: [\n");
        start("-transport", "file", "-workflow-path", workflow.toString());

        awaitLine("worker can't take its workflow: " + workflow + ":3:1: ");
    }

    @Test
    void printsTheInventoryOfThisMachine() throws Exception {
        start("inventory", "--json");

        assertThat(process.waitFor()).isZero();
        assertThat(String.join("\n", output()))
                .startsWith("{\n  \"format\": 1,")
                .endsWith("}");
    }

    @Test
    void refusesAnInventoryInAnotherForm() throws Exception {
        start("inventory", "--yaml");

        assertThat(process.waitFor()).isEqualTo(2);
        assertThat(output()).containsExactly("tink-worker inventory: expected --json and nothing else");
    }

    @Test
    void waitsWhenNobodySaidWhereTheServerIs() throws Exception {
        start("-id", "w");
        awaitLine("worker waits: nobody said where the workflow server is; expected grpc_authority=HOST:PORT");
        assertThat(process.isAlive()).isTrue();
    }

    @Test
    void tellsItsVersion() throws Exception {
        start("--version");

        assertThat(process.waitFor()).isZero();
        assertThat(output()).singleElement().asString().matches("tink-worker \\d+\\.\\d+\\.\\d+.*");
    }

    private void awaitLine(String beginning) throws IOException, InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (output().stream().noneMatch(line -> line.startsWith(beginning)) && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertThat(output()).anyMatch(line -> line.startsWith(beginning));
    }

    private void start(String... arguments) throws IOException {
        Path jar = Path.of("target", "tink-worker.jar").toAbsolutePath();
        if (!Files.exists(jar)) {
            throw new IllegalStateException("this test needs " + jar + ": mvn package -pl worker-service");
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // The modules that images/jre links.
                "--limit-modules=java.base,java.logging,java.naming,jdk.crypto.ec,jdk.unsupported",
                "-jar",
                jar.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("TINKERBELL_") || name.startsWith("AGENT_"));
        process = builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }

    private List<String> output() throws IOException {
        return Files.readAllLines(directory.resolve("output"));
    }
}
