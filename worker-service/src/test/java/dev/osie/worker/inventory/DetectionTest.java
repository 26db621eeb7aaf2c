package dev.osie.worker.inventory;

import static dev.osie.worker.workflow.WorkflowServer.action;
import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.proto.AgentAttributes;
import dev.osie.worker.workflow.Answer;
import dev.osie.worker.workflow.Channels;
import dev.osie.worker.workflow.Route;
import dev.osie.worker.workflow.Transport;
import dev.osie.worker.workflow.UnaryTransport;
import dev.osie.worker.workflow.WorkflowServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DetectionTest {
    @TempDir
    private Path root;

    @Test
    void theServerIsToldWithEveryQuestion() throws Exception {
        Detection detection = Detection.start(new SystemTree(root).server().files(), Optional.empty());
        AgentAttributes first;
        try (WorkflowServer server = WorkflowServer.start()) {
            ask(server, detection);
            first = server.attributes();
            ask(server, detection);

            assertThat(server.attributes()).isEqualTo(first);
        }
        assertThat(first).isEqualTo(Inventory.read(new SystemFiles(root)).attributes());
        assertThat(first.getProduct().getName()).isEqualTo("PowerEdge R740");
    }

    @Test
    void writesTheInventoryForWhoeverLooksAtTheMachine() throws Exception {
        SystemTree tree = new SystemTree(root).server();
        Path copy = root.resolve("inventory.json");
        Detection.start(tree.files(), Optional.of(copy));

        String expected = InventoryJson.write(Inventory.read(tree.files()));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!(Files.exists(copy) && Files.readString(copy).equals(expected)) && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertThat(copy).hasContent(expected);
    }

    @Test
    void nothingIsToldWhenThatIsNotWanted() throws Exception {
        try (WorkflowServer server = WorkflowServer.start()) {
            ask(server, Detection.none());

            assertThat(server.attributes()).isEqualTo(AgentAttributes.getDefaultInstance());
        }
    }

    @Test
    @Tag("tools")
    void hardwareThatDoesNotAnswerHoldsTheFirstQuestionForAMomentOnly() throws Exception {
        SystemTree tree = new SystemTree(root).server();
        Path name = root.resolve("sys/class/dmi/id/product_name");
        Files.delete(name);
        assertThat(new ProcessBuilder("mkfifo", name.toString()).start().waitFor())
                .isZero();
        Detection detection = Detection.start(tree.files(), Optional.empty());
        try (WorkflowServer server = WorkflowServer.start()) {
            long start = System.nanoTime();

            assertThat(ask(server, detection)).isInstanceOf(Answer.Work.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            assertThat(server.attributes()).isEqualTo(AgentAttributes.getDefaultInstance());

            Files.writeString(name, "late\n");
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (detection.attributes().isEmpty() && System.nanoTime() < end) {
                Thread.sleep(20);
            }
            ask(server, detection);
            assertThat(server.attributes().getProduct().getName()).isEqualTo("late");
        }
    }

    private static Answer ask(WorkflowServer server, Detection detection) throws IOException {
        server.workflow("w", "lab/x", action("a", "img"));
        try (Transport transport =
                new UnaryTransport(Channels.plaintext(Route.direct("127.0.0.1", server.port())), "w", detection)) {
            return transport.next();
        }
    }
}
