package dev.osie.worker;

import static dev.osie.worker.workflow.StreamServer.action;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.action.Action;
import dev.osie.worker.action.ActionRuntime;
import dev.osie.worker.action.Outcome;
import dev.osie.worker.console.Console;
import dev.osie.worker.inventory.Detection;
import dev.osie.worker.power.PowerRequests;
import dev.osie.worker.proto.ActionStatusRequest.StateType;
import dev.osie.worker.proto.stream.State;
import dev.osie.worker.proto.stream.WorkflowActionStatus;
import dev.osie.worker.workflow.Channels;
import dev.osie.worker.workflow.Execution;
import dev.osie.worker.workflow.ProbingTransport;
import dev.osie.worker.workflow.Receipt;
import dev.osie.worker.workflow.Route;
import dev.osie.worker.workflow.StreamServer;
import dev.osie.worker.workflow.StreamTransport;
import dev.osie.worker.workflow.Transport;
import dev.osie.worker.workflow.UnaryTransport;
import dev.osie.worker.workflow.Workflow;
import dev.osie.worker.workflow.WorkflowServer;
import io.grpc.InsecureServerCredentials;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The two workflow protocols, whose services have one name. */
@Timeout(60)
class ProtocolTest {
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
    void worksOffAWorkflowOfAnOlderServer() throws Exception {
        try (StreamServer server = StreamServer.start(0)) {
            server.workflow("install", action(ID, "partition", "img"), action(ID, "write", "img"));
            start(stream(server.port()), action -> Outcome.success());

            assertThat(server.await(s -> s.reports().size() == 4, LIMIT)).isTrue();
            assertThat(server.history())
                    .containsExactly(
                            "install partition STATE_RUNNING",
                            "install partition STATE_SUCCESS",
                            "install write STATE_RUNNING",
                            "install write STATE_SUCCESS");
            WorkflowActionStatus end = server.reports().get(3);
            assertThat(end.getTaskName()).isEqualTo("task");
            assertThat(end.getWorkerId()).isEqualTo(ID);
            assertThat(end.getMessage()).isEqualTo("action completed");
        }
    }

    @Test
    void handsOverTheWholeActionAndTheWorkflowsDirectory() throws Exception {
        try (StreamServer server = StreamServer.start(0)) {
            server.workflow(
                    "install",
                    action(ID, "a", "img:1", "sh", "-c", "x y")
                            .setTimeout(90)
                            .addVolumes("/dev:/dev")
                            .addEnvironment("A=b=c")
                            .setPid("host"));
            start(stream(server.port()), action -> Outcome.success());
            assertThat(server.await(s -> s.reports().size() == 2, LIMIT)).isTrue();

            Action action = executed.get(0);
            assertThat(action.workflow()).isEqualTo("install");
            assertThat(action.image()).isEqualTo("registry.example/osie/img:1");
            assertThat(action.command()).containsExactly("sh", "-c", "x y");
            assertThat(action.limit()).contains(Duration.ofSeconds(90));
            assertThat(action.volumes()).containsExactly("/worker/install:/workflow", "/dev:/dev");
            assertThat(action.environment()).containsExactly("A=b=c");
            assertThat(action.pidNamespace()).isEqualTo("host");
        }
    }

    @Test
    void anIdThatIsNoFileNameGetsNoDirectory() throws Exception {
        try (StreamServer server = StreamServer.start(0)) {
            server.workflow("../etc", action(ID, "a", "registry.example/osie/img"));
            start(stream(server.port()), action -> Outcome.success());
            assertThat(server.await(s -> s.reports().size() == 2, LIMIT)).isTrue();

            assertThat(executed.get(0).volumes()).isEmpty();
            assertThat(executed.get(0).image()).isEqualTo("registry.example/osie/img");
        }
    }

    @Test
    void runsAnActionAgainThatWasRunningAndDoesNotReportItAsRunningTwice() throws Exception {
        try (StreamServer server = StreamServer.start(0)) {
            server.workflow("w", 1, State.STATE_RUNNING, action(ID, "a", "img"), action(ID, "b", "img"));
            start(stream(server.port()), action -> Outcome.success());

            assertThat(server.await(s -> !s.reports().isEmpty(), LIMIT)).isTrue();
            assertThat(server.history()).containsExactly("w b STATE_SUCCESS");
        }
    }

    @Test
    void waitsForItsTurnAndPassesByWorkflowsThatEndedOrAreOthers() throws Exception {
        try (StreamServer server = StreamServer.start(0)) {
            server.workflow("failed", 0, State.STATE_FAILED, action(ID, "a", "img"));
            server.workflow("turn", action("other", "a", "img"), action(ID, "b", "img"));
            server.workflow("mine", 0, State.STATE_SUCCESS, action("other", "a", "img"), action(ID, "b", "img"));
            start(stream(server.port()), action -> Outcome.success());

            assertThat(server.await(s -> s.polls() > 3, LIMIT)).isTrue();
            assertThat(server.history()).containsExactly("mine b STATE_RUNNING", "mine b STATE_SUCCESS");
            assertThat(output.toString(UTF_8)).contains("worker has nothing to do");
        }
    }

    @Test
    void afterAFailureTheWorkflowsCommandForItIsRun() throws Exception {
        try (StreamServer server = StreamServer.start(0)) {
            server.workflow(
                    "w",
                    action(ID, "a", "img", "main").addOnFailure("tidy").addOnTimeout("late"),
                    action(ID, "b", "img"));
            server.workflow("late", action(ID, "c", "img", "main").addOnFailure("tidy"));
            start(
                    stream(server.port()),
                    action -> action.command().equals(List.of("tidy"))
                            ? Outcome.success()
                            : action.name().equals("c") ? Outcome.timeout("slow") : Outcome.failed("no disk"));

            assertThat(server.await(s -> s.reports().size() == 4, LIMIT)).isTrue();
            assertThat(server.history())
                    .containsExactly(
                            "w a STATE_RUNNING", "w a STATE_FAILED", "late c STATE_RUNNING", "late c STATE_TIMEOUT");
            assertThat(server.reports().get(1).getMessage()).isEqualTo("no disk");
            assertThat(executed)
                    .extracting(Action::command)
                    .containsExactly(List.of("main"), List.of("tidy"), List.of("main"), List.of("tidy"));
        }
    }

    @Test
    void aStopDuringThatCommandStillReportsTheResult() throws Exception {
        try (StreamServer server = StreamServer.start(0)) {
            CountDownLatch tidying = new CountDownLatch(1);
            server.workflow("w", action(ID, "a", "img", "main").addOnFailure("tidy"));
            start(stream(server.port()), action -> {
                if (action.command().equals(List.of("tidy"))) {
                    tidying.countDown();
                    Thread.sleep(30_000);
                }
                return Outcome.failed("no disk");
            });
            assertThat(tidying.await(30, TimeUnit.SECONDS)).isTrue();

            stop();

            assertThat(server.history()).containsExactly("w a STATE_RUNNING", "w a STATE_FAILED");
        }
    }

    @Test
    void repeatsAResultThatADatabaseHadNoTimeForAndGivesUpInTheEnd() throws Exception {
        Status busy = Status.INVALID_ARGUMENT.withDescription("invalid workflow id");
        try (StreamServer server = StreamServer.start(0)) {
            server.refuseResults(busy, Status.UNAVAILABLE, busy, busy);
            server.workflow("w", action(ID, "a", "img"));
            start(stream(server.port()), action -> Outcome.success());
            assertThat(server.await(s -> s.reports().size() == 2, LIMIT)).isTrue();
            assertThat(executed).hasSize(1);

            server.refuseResults(busy, busy, busy, busy);
            server.workflow("x", action(ID, "b", "img"));
            assertThat(server.await(s -> s.reports().size() == 4, LIMIT)).isTrue();
            assertThat(executed).extracting(Action::name).containsExactly("a", "b", "b");
            assertThat(output.toString(UTF_8)).contains("the server refuses the result");
        }
    }

    @Test
    void findsOutThatAServerIsAnOlderOne() throws Exception {
        try (StreamServer server = StreamServer.start(0)) {
            server.workflow("w", action(ID, "a", "img"));
            start(probing(server.port()), action -> Outcome.success());

            assertThat(server.await(s -> s.reports().size() == 2, LIMIT)).isTrue();
            assertThat(output.toString(UTF_8).lines())
                    .first()
                    .isEqualTo("worker asks for workflows: the server speaks the older protocol");
        }
    }

    @Test
    void followsAServerThatIsReplacedByOneOfTheOtherProtocolAndBack() throws Exception {
        int port = freePort();
        start(probing(port), action -> Outcome.success());
        for (int round = 0; round < 2; round++) {
            try (StreamServer server = StreamServer.start(port)) {
                server.workflow("old", action(ID, "a", "img"));
                assertThat(server.await(s -> s.reports().size() == 2, LIMIT)).isTrue();
            }
            try (WorkflowServer server = WorkflowServer.start(port, InsecureServerCredentials.create())) {
                Workflow workflow = server.workflow(ID, "lab/new", WorkflowServer.action("b", "img"));
                assertThat(workflow.await(LIMIT)).isEqualTo(StateType.SUCCESS);
            }
        }
        assertThat(executed).extracting(Action::name).containsExactly("a", "b", "a", "b");
    }

    @Test
    void aResultForANewerServerThatWasReplacedByAnOlderOneIsTakenForNothingElse() throws Exception {
        int port = freePort();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch replaced = new CountDownLatch(1);
        try (WorkflowServer server = WorkflowServer.start(port, InsecureServerCredentials.create())) {
            server.workflow(ID, "w", WorkflowServer.action("a", "img"));
            start(probing(port), action -> {
                running.countDown();
                replaced.await(30, TimeUnit.SECONDS);
                return Outcome.success();
            });
            assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
        }
        try (StreamServer old = StreamServer.start(port)) {
            old.workflow("w", action(ID, "a", "img"));
            replaced.countDown();

            assertThat(old.await(s -> s.reports().size() == 2, LIMIT)).isTrue();
            assertThat(old.history()).containsExactly("w a STATE_RUNNING", "w a STATE_SUCCESS");
            assertThat(executed).hasSize(2);
        }
    }

    @Test
    void aResultForAnOlderServerThatWasReplacedByANewerOneIsTakenForNothingElse() throws Exception {
        int port = freePort();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch replaced = new CountDownLatch(1);
        try (StreamServer old = StreamServer.start(port)) {
            old.workflow("lab/same", action(ID, "a", "img"));
            start(probing(port), action -> {
                running.countDown();
                replaced.await(30, TimeUnit.SECONDS);
                return Outcome.success();
            });
            assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
        }
        try (WorkflowServer server = WorkflowServer.start(port, InsecureServerCredentials.create())) {
            Workflow workflow = server.workflow(ID, "lab/same", WorkflowServer.action("a", "img"));
            replaced.countDown();

            assertThat(workflow.await(LIMIT)).isEqualTo(StateType.SUCCESS);
            assertThat(workflow.history()).containsExactly("a RUNNING", "a SUCCESS");
            assertThat(executed).hasSize(2);
        }
    }

    @Test
    void aReportOfOneProtocolIsNoReportInTheOther() throws Exception {
        Action action = new Action(
                "lab/w",
                "task-1",
                ID,
                "action-1",
                "a",
                "img",
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                "",
                "");
        try (StreamServer old = StreamServer.start(0);
                WorkflowServer current = WorkflowServer.start();
                Transport unary = unary(old.port());
                Transport stream = stream(current.port())) {
            old.workflow("lab/w", action(ID, "a", "img"));
            current.workflow(ID, "lab/w", WorkflowServer.action("a", "img"));

            assertThat(unary.reportRunning(new Execution(action, InstantSource.system())))
                    .isNotInstanceOf(Receipt.Accepted.class);
            assertThat(stream.reportRunning(new Execution(action, InstantSource.system())))
                    .isNotInstanceOf(Receipt.Accepted.class);
            assertThat(old.reports()).isEmpty();
            assertThat(current.reports()).isEmpty();
        }
    }

    @Test
    void aProtocolThatWasChosenIsKept() throws Exception {
        try (StreamServer server = StreamServer.start(0)) {
            server.workflow("w", action(ID, "a", "img"));
            start(unary(server.port()), action -> Outcome.success());
            Thread.sleep(1500);

            assertThat(server.polls()).isZero();
            assertThat(output.toString(UTF_8).lines())
                    .singleElement()
                    .asString()
                    .contains("doesn't speak this protocol");
        }
    }

    private static Transport unary(int port) {
        return new UnaryTransport(Channels.plaintext(Route.direct("127.0.0.1", port)), ID, Detection.none());
    }

    private static StreamTransport stream(int port) {
        return new StreamTransport(
                Channels.plaintext(Route.direct("127.0.0.1", port)), ID, Optional.of("registry.example/osie"));
    }

    private Transport probing(int port) {
        return new ProbingTransport(unary(port), stream(port), new Console(output));
    }

    private interface Executor {
        Outcome run(Action action) throws InterruptedException;
    }

    private void start(Transport transport, Executor executor) {
        ActionRuntime runtime = action -> {
            executed.add(action);
            return executor.run(action);
        };
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

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
