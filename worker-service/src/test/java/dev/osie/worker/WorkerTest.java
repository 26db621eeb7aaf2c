package dev.osie.worker;

import static dev.osie.worker.workflow.WorkflowServer.action;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.action.Action;
import dev.osie.worker.action.ActionRuntime;
import dev.osie.worker.action.Outcome;
import dev.osie.worker.console.Console;
import dev.osie.worker.inventory.Detection;
import dev.osie.worker.power.PowerRequests;
import dev.osie.worker.proto.ActionStatusRequest;
import dev.osie.worker.proto.ActionStatusRequest.StateType;
import dev.osie.worker.proto.Namespaces;
import dev.osie.worker.workflow.Channels;
import dev.osie.worker.workflow.Route;
import dev.osie.worker.workflow.Transport;
import dev.osie.worker.workflow.UnaryTransport;
import dev.osie.worker.workflow.Workflow;
import dev.osie.worker.workflow.WorkflowServer;
import io.grpc.InsecureServerCredentials;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WorkerTest {
    private static final String ID = "02:00:00:00:00:01";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final List<Action> executed = new CopyOnWriteArrayList<>();
    private Worker worker;
    private Thread thread;

    @AfterEach
    void stop() throws InterruptedException {
        if (worker != null) {
            worker.stop();
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    @Test
    void reportsEachActionAsRunningAndThenAsItEnded() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            Workflow workflow = server.workflow(ID, "lab/install", action("partition", "img"), action("write", "img"));
            start(
                    server.port(),
                    action -> action.name().equals("write") ? Outcome.failed("no disk") : Outcome.success());

            assertThat(workflow.await(LIMIT)).isEqualTo(StateType.FAILED);
            assertThat(workflow.history())
                    .containsExactly("partition RUNNING", "partition SUCCESS", "write RUNNING", "write FAILED");
            ActionStatusRequest end = workflow.reports().get(3);
            assertThat(end.getMessage().getMessage()).isEqualTo("no disk");
            assertThat(end.getTaskId()).isEqualTo("task-1");
            assertThat(Instant.ofEpochSecond(end.getExecutionStart().getSeconds()))
                    .isBetween(Instant.now().minusSeconds(60), Instant.now());
            assertThat(end.getExecutionStop().getSeconds())
                    .isGreaterThanOrEqualTo(end.getExecutionStart().getSeconds());
            assertThat(end.getExecutionDuration()).endsWith(" s");
        }
    }

    @Test
    void handsTheWholeActionToTheRuntime() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            var given = action("a", "registry.example/img:1", "sh", "-c", "x y")
                    .setTimeout(90)
                    .addVolumes("/dev:/dev")
                    .addEnvironment("A=b=c")
                    .setPid("host")
                    .setNamespaces(Namespaces.newBuilder().setNetwork("host"));
            Workflow workflow = server.workflow(ID, "lab/all", given);
            start(server.port(), action -> Outcome.success());
            workflow.await(LIMIT);

            Action action = executed.get(0);
            assertThat(action.workflow()).isEqualTo("lab/all");
            assertThat(action.image()).isEqualTo("registry.example/img:1");
            assertThat(action.command()).containsExactly("sh", "-c", "x y");
            assertThat(action.limit()).contains(Duration.ofSeconds(90));
            assertThat(action.volumes()).containsExactly("/dev:/dev");
            assertThat(action.environment()).containsExactly("A=b=c");
            assertThat(action.pidNamespace()).isEqualTo("host");
            assertThat(action.networkNamespace()).isEqualTo("host");
        }
    }

    @Test
    void aTimeoutOfZeroSetsNoLimit() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            Workflow workflow = server.workflow(ID, "lab/zero", action("a", "img"));
            start(server.port(), action -> Outcome.success());
            workflow.await(LIMIT);

            assertThat(executed.get(0).limit()).isEmpty();
        }
    }

    @Test
    void waitsForAServerThatIsNotThereYet() throws Exception {
        int port = freePort();
        start(port, action -> Outcome.success());
        Thread.sleep(2500);
        try (WorkflowServer server = WorkflowServer.start(port, InsecureServerCredentials.create())) {
            Workflow workflow = server.workflow(ID, "lab/late", action("a", "img"));

            assertThat(workflow.await(LIMIT)).isEqualTo(StateType.SUCCESS);
            // Looked at while the server is there: once it is gone, the worker says so again.
            assertThat(console().filter(line -> line.contains("can't ask"))).hasSize(1);
            assertThat(output.toString(UTF_8)).contains("Connection refused");
        }
    }

    @Test
    void findsAServerThatWasRestarted() throws Exception {
        int port = freePort();
        try (WorkflowServer server = WorkflowServer.start(port, InsecureServerCredentials.create())) {
            start(port, action -> Outcome.success());
            assertThat(server.await(s -> !s.polls().isEmpty(), LIMIT)).isTrue();
        }
        Thread.sleep(1500);
        try (WorkflowServer server = WorkflowServer.start(port, InsecureServerCredentials.create())) {
            Workflow workflow = server.workflow(ID, "lab/again", action("a", "img"));

            assertThat(workflow.await(LIMIT)).isEqualTo(StateType.SUCCESS);
        }
    }

    @Test
    void nothingToDoIsSaidOnceAndAskedForWithPauses() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            server.refusePolls(Status.FAILED_PRECONDITION, Status.NOT_FOUND, Status.FAILED_PRECONDITION);
            start(server.port(), action -> Outcome.success());
            assertThat(server.await(s -> !s.polls().isEmpty(), LIMIT)).isTrue();
            Thread.sleep(4000);

            assertThat(server.polls()).hasSizeBetween(3, 8);
            assertThat(console().filter(line -> line.contains("nothing to do"))).hasSize(1);
        }
    }

    @Test
    void repeatsAResultUntilTheServerTakesItAndDoesNotRunTheActionAgain() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            server.refuseResults(Status.UNAVAILABLE, Status.INTERNAL, Status.UNAVAILABLE);
            Workflow workflow = server.workflow(ID, "lab/flaky", action("a", "img"));
            start(server.port(), action -> Outcome.success());

            assertThat(workflow.await(LIMIT)).isEqualTo(StateType.SUCCESS);
            assertThat(executed).hasSize(1);
        }
    }

    @Test
    void goesOnWhenTheServerRefusesAResult() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            server.refuseResults(Status.NOT_FOUND.withDescription("no such workflow"), Status.INVALID_ARGUMENT);
            Workflow workflow = server.workflow(ID, "lab/refused", action("a", "img"));
            start(server.port(), action -> Outcome.success());

            assertThat(workflow.await(LIMIT)).isEqualTo(StateType.SUCCESS);
            assertThat(executed).as("handed out until its result is taken").hasSize(3);
            assertThat(output.toString(UTF_8)).contains("refuses the result: not found: no such workflow");
        }
    }

    @Test
    void aFaultWhileRunningAnActionIsAFailedAction() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            Workflow workflow = server.workflow(ID, "lab/fault", action("a", "img"));
            Workflow next = server.workflow(ID, "lab/next", action("b", "img"));
            start(server.port(), action -> {
                if (action.name().equals("a")) {
                    throw new IllegalStateException("a bug");
                }
                return Outcome.success();
            });

            assertThat(workflow.await(LIMIT)).isEqualTo(StateType.FAILED);
            assertThat(next.await(LIMIT)).isEqualTo(StateType.SUCCESS);
        }
    }

    @Test
    void anActionCutShortByAStopIsNotReported() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            CountDownLatch running = new CountDownLatch(1);
            Workflow workflow = server.workflow(ID, "lab/cut", action("a", "img"));
            start(server.port(), action -> {
                running.countDown();
                Thread.sleep(30_000);
                return Outcome.success();
            });
            assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();

            stop();

            assertThat(workflow.history()).containsExactly("a RUNNING");
        }
    }

    private interface Execution {
        Outcome run(Action action) throws IOException, InterruptedException;
    }

    private void start(int port, Execution execution) {
        ActionRuntime runtime = action -> {
            executed.add(action);
            try {
                return execution.run(action);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        Transport transport =
                new UnaryTransport(Channels.plaintext(Route.direct("127.0.0.1", port)), ID, Detection.none());
        Console console = new Console(output);
        worker = new Worker(
                transport,
                runtime,
                new PowerRequests(directory, directory.resolve("pipe"), console),
                Timing.usual(),
                console);
        thread = new Thread(() -> {
            worker.run();
            transport.close();
        });
        thread.start();
    }

    private Stream<String> console() {
        return output.toString(UTF_8).lines();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
