package dev.osie.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.action.Outcome;
import dev.osie.worker.console.Console;
import dev.osie.worker.inventory.Detection;
import dev.osie.worker.power.PowerRequests;
import dev.osie.worker.proto.ActionRequest;
import dev.osie.worker.proto.ActionResponse;
import dev.osie.worker.proto.ActionStatusRequest;
import dev.osie.worker.proto.ActionStatusRequest.StateType;
import dev.osie.worker.proto.ActionStatusResponse;
import dev.osie.worker.proto.WorkflowServiceGrpc.WorkflowServiceImplBase;
import dev.osie.worker.workflow.Channels;
import dev.osie.worker.workflow.Route;
import dev.osie.worker.workflow.UnaryTransport;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Thousands of actions, after which the worker is as it was after the first few. */
@Timeout(120)
class SoakTest {
    private static final int WARM = 1_000;
    private static final int ACTIONS = 5_000;
    private static final long GROWTH = 3L * 1024 * 1024;

    @TempDir
    private Path directory;

    /** Hands out one action after the other and remembers only how many ended, so that its own memory stays as it is. */
    private static final class EndlessServer extends WorkflowServiceImplBase {
        private final AtomicInteger done = new AtomicInteger();

        @Override
        public void getAction(ActionRequest request, StreamObserver<ActionResponse> answer) {
            answer.onNext(ActionResponse.newBuilder()
                    .setWorkflowId("lab/soak")
                    .setTaskId("t")
                    .setAgentId("w")
                    .setActionId("a" + done.get())
                    .setName("a")
                    .setImage("img")
                    .addEnvironment("LARGE=" + "x".repeat(10_000))
                    .build());
            answer.onCompleted();
        }

        @Override
        public void reportActionStatus(ActionStatusRequest report, StreamObserver<ActionStatusResponse> answer) {
            if (report.getActionState() == StateType.SUCCESS) {
                assertThat(report.getActionId()).isEqualTo("a" + done.get());
                done.incrementAndGet();
            }
            answer.onNext(ActionStatusResponse.getDefaultInstance());
            answer.onCompleted();
        }
    }

    @Test
    void neitherMemoryNorThreadsGrow() throws Exception {
        EndlessServer endless = new EndlessServer();
        Server server = OkHttpServerBuilder.forPort(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), InsecureServerCredentials.create())
                .addService(endless)
                .build()
                .start();
        Console console = new Console(OutputStream.nullOutputStream());
        UnaryTransport transport = new UnaryTransport(
                Channels.plaintext(Route.direct("127.0.0.1", server.getPort())), "w", Detection.none());
        Worker worker = new Worker(
                transport,
                action -> Outcome.success(),
                new PowerRequests(directory, directory.resolve("pipe"), console),
                Timing.usual(),
                console);
        Thread thread = new Thread(worker::run);
        thread.start();
        try {
            await(endless, WARM);
            long heap = heap();
            int threads = Thread.activeCount();
            await(endless, ACTIONS);

            assertThat(heap() - heap).isLessThan(GROWTH);
            assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 2);
            assertThat(thread.isAlive()).isTrue();
        } finally {
            worker.stop();
            thread.join(10_000);
            transport.close();
            server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    private static void await(EndlessServer server, int actions) throws InterruptedException {
        while (server.done.get() < actions) {
            Thread.sleep(20);
        }
    }

    /** What is reachable, as far as collecting says; the smallest of several looks, as other threads go on. */
    private static long heap() throws InterruptedException {
        Optional<Long> least = Optional.empty();
        for (int look = 0; look < 5; look++) {
            System.gc();
            Thread.sleep(50);
            long used =
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
            least = Optional.of(Math.min(used, least.orElse(used)));
        }
        return least.orElseThrow();
    }
}
