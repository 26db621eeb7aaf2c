package dev.osie.worker;

import static dev.osie.worker.EndingMachine.ID;
import static dev.osie.worker.workflow.WorkflowServer.action;
import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.action.Outcome;
import dev.osie.worker.proto.ActionStatusRequest.StateType;
import dev.osie.worker.workflow.Cable;
import dev.osie.worker.workflow.Workflow;
import dev.osie.worker.workflow.WorkflowServer;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When the machine ends that an action asked to. */
@Timeout(60)
class MachineEndTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration MARGIN = Duration.ofSeconds(5);

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

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void itWaitsUntilTheServerKnowsHowTheActionEnded(int refusals) throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            List<String> pipeAtReports = new CopyOnWriteArrayList<>();
            for (int i = 0; i < refusals; i++) {
                server.refuseResults(Status.UNAVAILABLE);
            }
            server.onResult(() -> pipeAtReports.add(Files.readString(machine.pipe())));
            Workflow workflow = server.workflow(ID, "lab/kexec", action("a", "img"));
            machine.start(server.port(), action -> {
                machine.ask("kexec");
                return Outcome.success();
            });

            machine.awaitRequest("kexec", LIMIT);
            assertThat(workflow.history()).containsExactly("a RUNNING", "a SUCCESS");
            assertThat(pipeAtReports).hasSize(refusals + 1).containsOnly("");
            assertThat(machine.directory().resolve("kexec")).doesNotExist();
        }
    }

    @Test
    void aServerThatIsAwayIsWaitedForAsLongAsTheLimitSaysAndNoLonger() throws Exception {
        try (WorkflowServer server = WorkflowServer.start();
                Cable cable = new Cable(server.port())) {
            server.workflow(ID, "lab/away", action("a", "img"));
            long[] ended = {0};
            machine.start(cable.port(), action -> {
                cable.set(Cable.State.CUT);
                machine.ask("reboot");
                ended[0] = System.nanoTime();
                return Outcome.success();
            });

            machine.awaitRequest("reboot", LIMIT);
            assertThat(Duration.ofNanos(System.nanoTime() - ended[0]))
                    .isBetween(EndingMachine.LAST_WORD, EndingMachine.LAST_WORD.plus(MARGIN));
            assertThat(machine.console()).anyMatch(line -> line.endsWith("waiting no longer for the server"));
        }
    }

    @Test
    void withoutARequestThereIsNoLimit() throws Exception {
        try (WorkflowServer server = WorkflowServer.start();
                Cable cable = new Cable(server.port())) {
            Workflow workflow = server.workflow(ID, "lab/away", action("a", "img"));
            CountDownLatch away = new CountDownLatch(1);
            machine.start(cable.port(), action -> {
                cable.set(Cable.State.CUT);
                away.countDown();
                return Outcome.success();
            });
            assertThat(away.await(30, TimeUnit.SECONDS)).isTrue();
            Thread.sleep(EndingMachine.LAST_WORD.multipliedBy(2).toMillis());
            cable.set(Cable.State.WHOLE);

            assertThat(workflow.await(LIMIT)).isEqualTo(StateType.SUCCESS);
            assertThat(machine.executed()).hasSize(1);
        }
    }

    @Test
    void nothingIsBegunWhileTheMachineGoesDownAndOneThatStaysIsWorkedOnAgain() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            Workflow workflow = server.workflow(ID, "lab/stays", action("a", "img"), action("b", "img"));
            long[] begun = {0};
            machine.start(server.port(), action -> {
                if (action.name().equals("a")) {
                    machine.ask("poweroff");
                } else {
                    begun[0] = System.nanoTime();
                }
                return Outcome.success();
            });
            machine.awaitRequest("poweroff", LIMIT);
            long asked = System.nanoTime();

            assertThat(workflow.await(LIMIT)).isEqualTo(StateType.SUCCESS);
            assertThat(Duration.ofNanos(begun[0] - asked))
                    .isBetween(EndingMachine.GOING_DOWN.minusMillis(200), EndingMachine.GOING_DOWN.plus(MARGIN));
            assertThat(machine.console()).anyMatch(line -> line.startsWith("worker is still here"));
            assertThat(machine.executed()).hasSize(2);
        }
    }

    @Test
    void withoutAnInitThatTakesThemRequestsAreLeftToOthers() throws Exception {
        Files.delete(machine.pipe());
        machine.ask("reboot");
        try (WorkflowServer server = WorkflowServer.start()) {
            Workflow workflow = server.workflow(ID, "lab/hook", action("a", "img"), action("b", "img"));
            machine.start(server.port(), action -> Outcome.success());

            assertThat(workflow.await(LIMIT)).isEqualTo(StateType.SUCCESS);
            assertThat(machine.directory().resolve("reboot")).exists();
        }
    }
}
