package dev.osie.build.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that use one store. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class LeaseTest {
    private static final Runnable NO_WAITING = () -> {
        throw new AssertionError("nobody is in the way");
    };

    @TempDir
    Path directory;

    private Store store;

    @BeforeEach
    void openStore() {
        store = Store.open(directory.resolve("store"));
    }

    @Test
    void whoWantsTheStoreAloneWaitsForThoseWhoUseIt() throws Exception {
        try (OtherProcess user = OtherProcess.start("shared", store)) {
            CountDownLatch waiting = new CountDownLatch(1);
            CompletableFuture<Lease> alone =
                    CompletableFuture.supplyAsync(() -> Lease.exclusive(store, waiting::countDown));
            waiting.await();
            assertThat(alone).isNotDone();

            user.end();

            alone.get().close();
        }
    }

    @Test
    void whoUsesTheStoreWaitsForWhoHasItAlone() throws Exception {
        try (OtherProcess cleaner = OtherProcess.start("exclusive", store)) {
            CountDownLatch waiting = new CountDownLatch(1);
            CompletableFuture<Lease> user =
                    CompletableFuture.supplyAsync(() -> Lease.shared(store, waiting::countDown));
            waiting.await();
            assertThat(user).isNotDone();

            cleaner.end();

            user.get().close();
        }
    }

    @Test
    void manyUseItAtOnceAndAProcessMayTakeItTwice() throws Exception {
        try (OtherProcess user = OtherProcess.start("shared", store);
                Lease first = Lease.shared(store, NO_WAITING);
                Lease second = Lease.shared(store, NO_WAITING)) {
            assertThat(first).isNotSameAs(second);
            assertThat(user).isNotNull();
        }
        Lease.exclusive(store, NO_WAITING).close();
    }

    @Test
    void nobodyHasItAloneBesideHimself() {
        try (Lease mine = Lease.shared(store, NO_WAITING)) {
            assertThatThrownBy(() -> Lease.exclusive(store, NO_WAITING)).isInstanceOf(IllegalStateException.class);
            assertThat(mine).isNotNull();
        }
    }

    /** Takes a lease, says so, and keeps it until its standard input ends. */
    public static void main(String[] arguments) throws IOException {
        Store store = Store.open(Path.of(arguments[1]));
        try (Lease lease =
                arguments[0].equals("shared") ? Lease.shared(store, NO_WAITING) : Lease.exclusive(store, NO_WAITING)) {
            System.out.println("has a lease");
            if (System.in.read() >= 0) {
                throw new AssertionError(lease);
            }
        }
    }

    private record OtherProcess(Process process, BufferedReader output) implements AutoCloseable {
        static OtherProcess start(String kind, Store store) throws IOException {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            LeaseTest.class.getName(),
                            kind,
                            store.root().toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            OtherProcess other = new OtherProcess(process, process.inputReader());
            assertThat(other.output().readLine()).isEqualTo("has a lease");
            return other;
        }

        void end() throws IOException {
            try (OutputStream input = process.getOutputStream()) {
                input.flush();
            }
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }
}
