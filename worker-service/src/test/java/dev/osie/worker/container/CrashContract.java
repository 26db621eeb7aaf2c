package dev.osie.worker.container;

import static dev.osie.worker.workflow.WorkflowServer.action;
import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.proto.ActionResponse;
import dev.osie.worker.proto.ActionStatusRequest.StateType;
import dev.osie.worker.workflow.Workflow;
import dev.osie.worker.workflow.WorkflowServer;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The shipped program is killed in each of its states and started again, with a real server and a real engine. */
public abstract class CrashContract<S extends EngineSite> extends EngineContract<S> {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Process process;
    private int lives;

    @AfterEach
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Test
    @Timeout(120)
    void whereverItIsKilledEachActionEndsAndIsReportedOnce() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
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
            awaitOutput("lab/crash · waits: going on with the container");
            // While its result is not taken: the action is handed out again, and runs again.
            server.refuseResults(Status.UNAVAILABLE, Status.UNAVAILABLE, Status.UNAVAILABLE);
            Files.createFile(directory.resolve("end"));
            awaitOutput("lab/crash · waits: can't report the result");
            kill();
            start(server);

            assertThat(workflow.await(LIMIT)).isEqualTo(StateType.SUCCESS);
            assertThat(workflow.history().stream().filter(report -> !report.endsWith(" RUNNING")))
                    .containsExactly("waits SUCCESS", "ends SUCCESS");
            assertThat(directory.resolve("waits")).hasContent("x\nx");
            assertThat(directory.resolve("ends")).hasContent("x");
            site().assertNothingIsLeft();
        }
    }

    private ActionResponse.Builder step(String name, String script) {
        return action(name, site().registry().busybox(), "sh", "-c", script).addVolumes(directory + ":/d");
    }

    private void start(WorkflowServer server) throws IOException {
        Path jar = Path.of("target", "tink-worker.jar").toAbsolutePath();
        if (!Files.exists(jar)) {
            throw new IllegalStateException("this test needs " + jar + ": mvn package -pl worker-service");
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar.toString(),
                "-grpc-server",
                server.authority(),
                "-id",
                "w"));
        command.addAll(site().flags());
        lives++;
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said().toFile())
                .start();
    }

    private Path said() {
        return directory.resolve("output" + lives);
    }

    private void awaitOutput(String beginning) throws IOException, InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (Files.readAllLines(said()).stream().noneMatch(line -> line.startsWith(beginning))
                && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertThat(Files.readAllLines(said())).anyMatch(line -> line.startsWith(beginning));
    }

    private static void await(Path file) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!Files.exists(file) && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertThat(file).exists();
    }
}
