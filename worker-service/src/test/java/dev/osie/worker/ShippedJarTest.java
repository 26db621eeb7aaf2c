package dev.osie.worker;

import static dev.osie.worker.workflow.WorkflowServer.action;
import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.workflow.Workflow;
import dev.osie.worker.workflow.WorkflowServer;
import java.io.IOException;
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
    void waitsWhenNobodySaidWhereTheServerIs() throws Exception {
        start("-id", "w");
        long end = System.nanoTime() + LIMIT.toNanos();
        while (output().size() < 2 && System.nanoTime() < end) {
            Thread.sleep(50);
        }

        assertThat(output()).last().asString().contains("grpc_authority=HOST:PORT");
        assertThat(process.isAlive()).isTrue();
    }

    @Test
    void tellsItsVersion() throws Exception {
        start("--version");

        assertThat(process.waitFor()).isZero();
        assertThat(output()).singleElement().asString().matches("tink-worker \\d+\\.\\d+\\.\\d+.*");
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
