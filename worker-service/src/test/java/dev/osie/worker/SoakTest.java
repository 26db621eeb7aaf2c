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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
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

    /** A leak of 2 KiB an action would show. */
    private static final long GROWTH = 8L * 1024 * 1024;

    @TempDir
    private Path directory;

    /**
     * Hands out one action after the other and remembers only how many ended, so that its own memory stays as it is. At some numbers it
     * doesn't answer until it is told to, so that all is at rest.
     */
    private static final class EndlessServer extends WorkflowServiceImplBase {
        private final AtomicInteger done = new AtomicInteger();
        private final Map<Integer, Rest> rests = Map.of(WARM, new Rest(), ACTIONS, new Rest());

        private record Rest(CountDownLatch reached, CountDownLatch over) {
            Rest() {
                this(new CountDownLatch(1), new CountDownLatch(1));
            }
        }

        /** Waits until so many are done, and nothing is under way. */
        void awaitRest(int actions) throws InterruptedException {
            rests.get(actions).reached().await();
        }

        void goOn(int actions) {
            rests.get(actions).over().countDown();
        }

        @Override
        public void getAction(ActionRequest request, StreamObserver<ActionResponse> answer) {
            Rest rest = rests.get(done.get());
            if (rest != null) {
                rest.reached().countDown();
                try {
                    rest.over().await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
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
            endless.awaitRest(WARM);
            long heap = heap();
            int threads = Thread.activeCount();
            endless.goOn(WARM);
            endless.awaitRest(ACTIONS);

            assertThat(heap() - heap).isLessThan(GROWTH);
            assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 2);
            assertThat(thread.isAlive()).isTrue();
        } finally {
            worker.stop();
            endless.goOn(ACTIONS);
            thread.join(10_000);
            transport.close();
            server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    /** What is reachable, as far as collecting says; the smallest of several looks, as what earlier tests left goes on. */
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
