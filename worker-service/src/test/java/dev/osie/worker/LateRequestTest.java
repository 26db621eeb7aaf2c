package dev.osie.worker;

import static dev.osie.worker.EndingMachine.ID;
import static dev.osie.worker.workflow.WorkflowServer.action;
import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.action.Action;
import dev.osie.worker.action.Outcome;
import dev.osie.worker.proto.ActionStatusRequest.StateType;
import dev.osie.worker.retry.Backoff;
import dev.osie.worker.workflow.Answer;
import dev.osie.worker.workflow.Cable;
import dev.osie.worker.workflow.Channels;
import dev.osie.worker.workflow.Execution;
import dev.osie.worker.workflow.Receipt;
import dev.osie.worker.workflow.Route;
import dev.osie.worker.workflow.StreamServer;
import dev.osie.worker.workflow.StreamTransport;
import dev.osie.worker.workflow.Transport;
import dev.osie.worker.workflow.Workflow;
import dev.osie.worker.workflow.WorkflowServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When the machine ends that a program asked to which an action left behind: whenever no action runs. */
@Timeout(60)
class LateRequestTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** After this many milliseconds a worker that pauses has asked again, and waits for the answer. */
    private static final long A_QUESTION_LATER = 300;

    /** Many looks, and still much less than a question is held. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private static final Duration HELD = Duration.ofSeconds(40);

    @TempDir
    private Path directory;

    private EndingMachine machine;

    @BeforeEach
    void install() throws IOException {
        machine = new EndingMachine(directory);
    }

    @AfterEach
    void stopWorker() throws InterruptedException {
        machine.stop();
    }

    @Test
    void aRequestThatComesLateCutsAQuestionShort() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            server.hold(HELD);
            Workflow workflow = server.workflow(ID, "lab/late", action("a", "img"));
            machine.start(server.port(), action -> Outcome.success());
            workflow.await(LIMIT);
            awaitPolls(server, 2);
            machine.ask("reboot");

            machine.awaitRequest("reboot", SOON);
            // A machine that is still here afterwards has lost nothing.
            Workflow next = server.workflow(ID, "lab/next", action("b", "img"));
            assertThat(next.await(LIMIT)).isEqualTo(StateType.SUCCESS);
            assertThat(server.polls().size()).as("a, the one cut short, b").isBetween(3, 5);
            assertThat(machine.executed()).extracting(Action::name).containsExactly("a", "b");
            assertThat(machine.console()).noneMatch(line -> line.contains("can't"));
        }
    }

    @Test
    void aRequestThatComesLateEndsAPause() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            machine.start(EndingMachine.transport(server.port()), new Backoff(HELD, HELD), action -> Outcome.success());
            machine.awaitIdle();
            machine.ask("reboot");

            machine.awaitRequest("reboot", SOON);
        }
    }

    @Test
    void aServerThatIsAwayHasNoSayInARequestThatComesLate() throws Exception {
        try (WorkflowServer server = WorkflowServer.start();
                Cable cable = new Cable(server.port())) {
            machine.start(cable.port(), action -> Outcome.success());
            machine.awaitIdle();
            cable.set(Cable.State.SILENT);
            Thread.sleep(A_QUESTION_LATER);
            machine.ask("reboot");

            machine.awaitRequest("reboot", SOON);
        }
    }

    @Test
    void aQuestionInTheOlderProtocolIsCutShortAsWell() throws Exception {
        try (StreamServer server = StreamServer.start(0);
                Cable cable = new Cable(server.port())) {
            machine.start(
                    new StreamTransport(
                            Channels.plaintext(Route.direct("127.0.0.1", cable.port())), ID, Optional.empty()),
                    EndingMachine.PAUSES,
                    action -> Outcome.success());
            machine.awaitIdle();
            cable.set(Cable.State.SILENT);
            Thread.sleep(A_QUESTION_LATER);
            machine.ask("reboot");

            machine.awaitRequest("reboot", SOON);
        }
    }

    @Test
    void anActionWhoseAnswerWasLostWithTheQuestionIsHandedOutAgain() throws Exception {
        try (WorkflowServer server = WorkflowServer.start();
                Cable cable = new Cable(server.port())) {
            machine.start(cable.port(), action -> Outcome.success());
            machine.awaitIdle();
            cable.set(Cable.State.DEAF);
            int before = server.polls().size();
            Workflow workflow = server.workflow(ID, "lab/lost", action("a", "img"));
            awaitPolls(server, before + 1);
            machine.ask("reboot");
            machine.awaitRequest("reboot", SOON);
            assertThat(machine.executed()).isEmpty();
            cable.set(Cable.State.WHOLE);
            cable.drop();

            assertThat(workflow.await(LIMIT)).isEqualTo(StateType.SUCCESS);
            assertThat(workflow.history()).containsExactly("a RUNNING", "a SUCCESS");
            assertThat(machine.executed()).hasSize(1);
        }
    }

    @Test
    void aRequestThatComesWithTheServersAnswerWaitsForTheActionsEnd() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            List<String> pipeAtReports = new CopyOnWriteArrayList<>();
            server.onResult(() -> pipeAtReports.add(Files.readString(machine.pipe())));
            Transport late = new Relay(EndingMachine.transport(server.port())) {
                @Override
                public Answer next() {
                    Answer answer = super.next();
                    if (answer instanceof Answer.Work && machine.executed().size() == 1) {
                        machine.ask("reboot");
                        awaitInterrupt();
                    }
                    return answer;
                }
            };
            Workflow workflow = server.workflow(ID, "lab/race", action("a", "img"), action("b", "img"));
            machine.start(late, EndingMachine.PAUSES, action -> {
                // Would end at once if the interrupt that was for the question were still there.
                Thread.sleep(10 * EndingMachine.LOOK.toMillis());
                return Outcome.success();
            });

            machine.awaitRequest("reboot", LIMIT);
            assertThat(workflow.history()).containsExactly("a RUNNING", "a SUCCESS", "b RUNNING", "b SUCCESS");
            assertThat(pipeAtReports).containsExactly("", "");
        }
    }

    @Test
    void aFaultWhileAResultIsReportedDoesNotMakeTheRequestDue() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            List<String> pipeAtReports = new CopyOnWriteArrayList<>();
            server.onResult(() -> pipeAtReports.add(Files.readString(machine.pipe())));
            Transport faulty = new Relay(EndingMachine.transport(server.port())) {
                @Override
                public Receipt report(Execution execution, Duration took, Outcome outcome) {
                    if (machine.executed().size() == 2) {
                        throw new IllegalStateException("a bug");
                    }
                    return super.report(execution, took, outcome);
                }
            };
            server.workflow(ID, "lab/fault", action("a", "img"), action("b", "img"));
            machine.start(faulty, EndingMachine.PAUSES, action -> {
                if (machine.executed().size() == 2) {
                    machine.ask("reboot");
                }
                return Outcome.success();
            });

            machine.awaitRequest("reboot", LIMIT);
            assertThat(machine.executed()).extracting(Action::name).containsExactly("a", "b", "b");
            assertThat(pipeAtReports).containsExactly("", "");
        }
    }

    @Test
    void aRequestIsNoReasonToEndTheMachineBeforeTheServerHasAnsweredANewWorker() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            server.hold(Duration.ofSeconds(2));
            machine.start(server.port(), action -> Outcome.success());
            awaitPolls(server, 1);
            machine.ask("reboot");
            Thread.sleep(1000);

            assertThat(machine.pipe())
                    .as("an action of an earlier worker may be unreported")
                    .isEmptyFile();
            machine.awaitRequest("reboot", LIMIT);
        }
    }

    @Test
    void anotherRequestWaitsUntilTheMachineHadItsTimeForTheFirst() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            machine.start(server.port(), action -> Outcome.success());
            machine.awaitIdle();
            machine.ask("reboot");
            machine.awaitRequest("reboot", SOON);
            long first = System.nanoTime();
            machine.ask("poweroff");

            machine.awaitRequest("poweroff", SOON);
            assertThat(Duration.ofNanos(System.nanoTime() - first))
                    .isGreaterThan(EndingMachine.GOING_DOWN.dividedBy(2));
        }
    }

    @Test
    void aRequestThatCannotBePassedOnCutsOneQuestionShortAndIsSaidOnce() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            server.hold(HELD);
            Workflow workflow = server.workflow(ID, "lab/a", action("a", "img"));
            machine.start(server.port(), action -> Outcome.success());
            workflow.await(LIMIT);
            awaitPolls(server, 2);
            Files.delete(machine.pipe());
            Files.createDirectory(machine.pipe());
            machine.ask("reboot");
            awaitPolls(server, 3);
            Thread.sleep(50 * EndingMachine.LOOK.toMillis());

            assertThat(server.polls()).hasSize(3);
            assertThat(machine.console())
                    .filteredOn(line -> line.contains("can't pass on"))
                    .hasSize(1);
        }
    }

    private static void awaitPolls(WorkflowServer server, int count) throws InterruptedException {
        assertThat(server.await(any -> any.polls().size() >= count, LIMIT)).isTrue();
    }

    /** Waits until somebody interrupts this thread, and leaves it interrupted. */
    private static void awaitInterrupt() {
        try {
            Thread.sleep(LIMIT.toMillis());
            throw new AssertionError("nobody looks for requests");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Passes everything on; tests override what is to be different. */
    private static class Relay implements Transport {
        private final Transport real;

        Relay(Transport real) {
            this.real = real;
        }

        @Override
        public Answer next() {
            return real.next();
        }

        @Override
        public Receipt reportRunning(Execution execution) {
            return real.reportRunning(execution);
        }

        @Override
        public Receipt report(Execution execution, Duration took, Outcome outcome) {
            return real.report(execution, took, outcome);
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
