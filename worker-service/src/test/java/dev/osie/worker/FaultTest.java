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
import dev.osie.worker.proto.ActionResponse;
import dev.osie.worker.proto.ActionStatusRequest;
import dev.osie.worker.proto.ActionStatusRequest.StateType;
import dev.osie.worker.retry.Backoff;
import dev.osie.worker.workflow.Answer;
import dev.osie.worker.workflow.Cable;
import dev.osie.worker.workflow.CallLimits;
import dev.osie.worker.workflow.Channels;
import dev.osie.worker.workflow.Execution;
import dev.osie.worker.workflow.Receipt;
import dev.osie.worker.workflow.Route;
import dev.osie.worker.workflow.Transport;
import dev.osie.worker.workflow.UnaryTransport;
import dev.osie.worker.workflow.Workflow;
import dev.osie.worker.workflow.WorkflowServer;
import io.grpc.InsecureServerCredentials;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A real server behind a network that fails. Pauses and limits are a hundredth of the real ones: a second here is about two
 * minutes there.
 */
@Timeout(60)
class FaultTest {
    private static final String ID = "02:00:00:00:00:01";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final CallLimits LIMITS = new CallLimits(Duration.ofMillis(750), Duration.ofMillis(300));
    private static final Backoff PAUSES = new Backoff(Duration.ofMillis(5), Duration.ofMillis(50));

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final List<Action> executed = new CopyOnWriteArrayList<>();
    private InstantSource clock = InstantSource.system();
    private Worker worker;
    private Thread thread;

    @AfterEach
    void isStillThereAndStops() throws InterruptedException {
        assertThat(thread.isAlive()).as("nothing ends it but being told to").isTrue();
        worker.stop();
        thread.join(10_000);
        assertThat(thread.isAlive()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"SILENT", "DEAF", "CUT"})
    void aNetworkThatFailsForMinutesWhileAnActionRunsCostsNoReportAndNoSecondRun(Cable.State fault) throws Exception {
        try (WorkflowServer server = WorkflowServer.start();
                Cable cable = new Cable(server.port())) {
            Workflow workflow = server.workflow(ID, "lab/cut", action("a", "img"), action("b", "img"));
            CountDownLatch failing = new CountDownLatch(1);
            start(cable.port(), action -> {
                if (action.name().equals("a")) {
                    cable.set(fault);
                    failing.countDown();
                }
                return Outcome.success();
            });
            assertThat(failing.await(30, TimeUnit.SECONDS)).isTrue();
            int before = cable.connections();
            Thread.sleep(3000);
            int tries = cable.connections() - before;
            cable.set(Cable.State.WHOLE);

            assertThat(workflow.await(LIMIT)).isEqualTo(StateType.SUCCESS);
            assertThat(workflow.history()).containsExactly("a RUNNING", "a SUCCESS", "b RUNNING", "b SUCCESS");
            assertThat(executed).hasSize(2);
            assertThat(tries).as("tries in what stands for six minutes").isBetween(2, 200);
            assertThat(console().stream().filter(line -> line.contains("can't")))
                    .hasSizeLessThan(10);
        }
    }

    @Test
    void aSilentServerIsAskedAgain() throws Exception {
        try (WorkflowServer server = WorkflowServer.start();
                Cable cable = new Cable(server.port())) {
            cable.set(Cable.State.SILENT);
            Workflow workflow = server.workflow(ID, "lab/silent", action("a", "img"));
            start(cable.port(), action -> Outcome.success());
            Thread.sleep(2000);
            assertThat(console()).contains("worker can't ask the server: no answer in time; trying again");
            cable.set(Cable.State.WHOLE);

            assertThat(workflow.await(LIMIT)).isEqualTo(StateType.SUCCESS);
        }
    }

    @Test
    void connectionsThatBreakAllTheTimeLoseNothing() throws Exception {
        try (WorkflowServer server = WorkflowServer.start();
                Cable cable = new Cable(server.port())) {
            ActionResponse.Builder[] actions =
                    IntStream.range(0, 15).mapToObj(i -> action("a" + i, "img")).toArray(ActionResponse.Builder[]::new);
            Workflow workflow = server.workflow(ID, "lab/breaks", actions);
            start(cable.port(), action -> {
                Thread.sleep(20);
                return Outcome.success();
            });
            // Not in step with the actions, so that it hits each state now and then.
            while (!workflow.ended()) {
                Thread.sleep(37);
                cable.drop();
            }

            assertThat(workflow.state()).isEqualTo(StateType.SUCCESS);
            assertThat(results(workflow))
                    .containsExactlyElementsOf(IntStream.range(0, 15)
                            .mapToObj(i -> "a" + i + " SUCCESS")
                            .toList());
        }
    }

    @Test
    void aServerThatIsRestartedAgainAndAgainGetsEachResultOnce() throws Exception {
        WorkflowServer first = WorkflowServer.start();
        int port = first.port();
        first.close();
        start(port, action -> {
            Thread.sleep(30);
            return Outcome.success();
        });
        for (int round = 0; round < 5; round++) {
            try (WorkflowServer server = WorkflowServer.start(port, InsecureServerCredentials.create())) {
                Workflow workflow = server.workflow(ID, "lab/round" + round, action("a", "img"), action("b", "img"));

                assertThat(workflow.await(LIMIT)).isEqualTo(StateType.SUCCESS);
                assertThat(results(workflow)).containsExactly("a SUCCESS", "b SUCCESS");
            }
        }
    }

    /** Whatever the server says, the workflow is worked off when it stops saying so, without a hot loop meanwhile. */
    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"OK"},
            mode = EnumSource.Mode.EXCLUDE)
    void everyStatusIsSurvivedInEveryState(Status.Code code) throws Exception {
        Status status = code.toStatus().withDescription("for the test");
        Status[] many = {status, status, status, status, status, status};
        try (WorkflowServer server = WorkflowServer.start()) {
            server.refusePolls(many);
            server.refuseStarts(many);
            server.refuseResults(many);
            Workflow workflow = server.workflow(ID, "lab/status", action("a", "img"));
            long start = System.nanoTime();
            start(server.port(), action -> Outcome.success());

            assertThat(workflow.await(LIMIT)).isEqualTo(StateType.SUCCESS);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("18 refusals with pauses between")
                    .isGreaterThan(Duration.ofMillis(100));
            assertThat(workflow.history()).last().isEqualTo("a SUCCESS");
        }
    }

    @Test
    void aResultThatTheServerHasButWhoseReceiptWasLostIsNotReportedAsAnother() throws Exception {
        try (WorkflowServer server = WorkflowServer.start();
                Cable cable = new Cable(server.port())) {
            Workflow workflow = server.workflow(ID, "lab/late", action("a", "img"), action("b", "img"));
            start(cable.port(), action -> {
                if (action.name().equals("a")) {
                    cable.set(Cable.State.DEAF);
                }
                return Outcome.success();
            });
            assertThat(server.await(s -> workflow.history().contains("a SUCCESS"), LIMIT))
                    .isTrue();
            Thread.sleep(500);
            cable.set(Cable.State.WHOLE);

            assertThat(workflow.await(LIMIT)).isEqualTo(StateType.SUCCESS);
            assertThat(workflow.history()).containsExactly("a RUNNING", "a SUCCESS", "b RUNNING", "b SUCCESS");
        }
    }

    @Test
    void aClockThatJumpsByYearsChangesNoPauseAndNoDuration() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        // 1970 at first, 2055 at the next look, and so on.
        clock = () -> Instant.ofEpochSecond(reads.incrementAndGet() % 2 == 1 ? 5 : 2_700_000_000L);
        try (WorkflowServer server = WorkflowServer.start()) {
            Workflow workflow = server.workflow(ID, "lab/clock", action("a", "img"), action("b", "img"));
            start(server.port(), action -> {
                Thread.sleep(100);
                return Outcome.success();
            });

            assertThat(workflow.await(LIMIT)).isEqualTo(StateType.SUCCESS);
            for (ActionStatusRequest report : workflow.reports()) {
                if (report.getActionState() == StateType.SUCCESS) {
                    long seconds = report.getExecutionStop().getSeconds()
                            - report.getExecutionStart().getSeconds();
                    assertThat(seconds).isBetween(0L, 30L);
                    assertThat(report.getExecutionDuration()).matches("\\d+(\\.\\d)? s");
                }
            }
        }
    }

    @Test
    void aFaultOfItsOwnIsSaidAndTheNextQuestionIsAsked() throws Exception {
        AtomicInteger questions = new AtomicInteger();
        start(
                new Transport() {
                    @Override
                    public Answer next() {
                        questions.incrementAndGet();
                        throw new IllegalStateException("a bug");
                    }

                    @Override
                    public Receipt reportRunning(Execution execution) {
                        throw new AssertionError();
                    }

                    @Override
                    public Receipt report(Execution execution, Duration took, Outcome outcome) {
                        throw new AssertionError();
                    }

                    @Override
                    public void close() {}
                },
                action -> Outcome.success());
        Thread.sleep(1000);

        assertThat(questions.get()).isBetween(3, 100);
        assertThat(console()).containsExactly("worker has a fault: java.lang.IllegalStateException: a bug; going on");
    }

    private static List<String> results(Workflow workflow) {
        return workflow.history().stream()
                .filter(report -> !report.endsWith(" RUNNING"))
                .toList();
    }

    private interface Runner {
        Outcome run(Action action) throws Exception;
    }

    private void start(int port, Runner runner) {
        start(
                new UnaryTransport(Channels.plaintext(Route.direct("127.0.0.1", port)), ID, Detection.none(), LIMITS),
                runner);
    }

    private void start(Transport transport, Runner runner) {
        ActionRuntime runtime = action -> {
            executed.add(action);
            try {
                return runner.run(action);
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };
        Console console = new Console(output);
        worker = new Worker(
                transport,
                runtime,
                new PowerRequests(directory, directory.resolve("pipe"), console),
                new Timing(PAUSES, clock, Duration.ofSeconds(6), Duration.ofMillis(1200), Duration.ofMillis(10)),
                console);
        thread = new Thread(() -> {
            worker.run();
            transport.close();
        });
        thread.start();
    }

    private List<String> console() {
        return output.toString(UTF_8).lines().toList();
    }
}
