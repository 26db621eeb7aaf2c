package dev.osie.worker.docker;

import static dev.osie.worker.workflow.WorkflowServer.action;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import dev.osie.worker.proto.ActionResponse;
import dev.osie.worker.proto.ActionStatusRequest.StateType;
import dev.osie.worker.workflow.Workflow;
import dev.osie.worker.workflow.WorkflowServer;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The shipped program is killed in each of its states and started again, with a real server and a real Docker daemon. */
@Tag("tools")
@Timeout(120)
class CrashTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private static Path siteDirectory;

    private static DockerSite site;

    @TempDir
    private Path directory;

    private Process process;
    private int lives;

    @BeforeAll
    static void startDocker() throws Exception {
        site = new DockerSite(siteDirectory);
    }

    @AfterAll
    static void stopDocker() throws Exception {
        site.stop();
    }

    @AfterEach
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Test
    void whereverItIsKilledEachActionEndsAndIsReportedOnce() throws Exception {
        try (WorkflowServer server = WorkflowServer.start();
                DockerClient client = site.client()) {
            start(server);
            assertThat(server.await(s -> !s.polls().isEmpty(), LIMIT)).isTrue();
            kill();

            // While its action runs: the next life takes the container over.
            Workflow workflow = server.workflow(
                    "w",
                    "lab/crash",
                    step("waits", "echo x >> /d/waits; until busybox test -e /d/end; do sleep 0.1; done"),
                    step("ends", "echo x >> /d/ends"));
            start(server);
            await(directory.resolve("waits"));
            kill();
            start(server);
            awaitLine("lab/crash · waits: going on with the container");
            // While its result is not taken: the action is handed out again, and runs again.
            server.refuseResults(Status.UNAVAILABLE, Status.UNAVAILABLE, Status.UNAVAILABLE);
            Files.createFile(directory.resolve("end"));
            awaitLine("lab/crash · waits: can't report the result");
            kill();
            start(server);

            assertThat(workflow.await(LIMIT)).isEqualTo(StateType.SUCCESS);
            assertThat(workflow.history().stream().filter(report -> !report.endsWith(" RUNNING")))
                    .containsExactly("waits SUCCESS", "ends SUCCESS");
            assertThat(directory.resolve("waits")).hasContent("x\nx");
            assertThat(directory.resolve("ends")).hasContent("x");
            assertThat(client.listContainersCmd().withShowAll(true).exec()).isEmpty();
        }
    }

    private ActionResponse.Builder step(String name, String script) {
        return action(name, site.registry().busybox(), "sh", "-c", script).addVolumes(directory + ":/d");
    }

    private void start(WorkflowServer server) throws IOException {
        Path jar = Path.of("target", "tink-worker.jar").toAbsolutePath();
        if (!Files.exists(jar)) {
            throw new IllegalStateException("this test needs " + jar + ": mvn package -pl worker-service");
        }
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar.toString(),
                "-grpc-server",
                server.authority(),
                "-id",
                "w",
                "-docker-socket",
                site.daemon().socket()));
        lives++;
        process = builder.redirectErrorStream(true)
                .redirectOutput(output().toFile())
                .start();
    }

    private Path output() {
        return directory.resolve("output" + lives);
    }

    private void awaitLine(String beginning) throws IOException, InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (Files.readAllLines(output()).stream().noneMatch(line -> line.startsWith(beginning))
                && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertThat(Files.readAllLines(output())).anyMatch(line -> line.startsWith(beginning));
    }

    private static void await(Path file) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!Files.exists(file) && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertThat(file).exists();
    }
}
