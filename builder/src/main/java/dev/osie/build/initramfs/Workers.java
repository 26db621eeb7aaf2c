package dev.osie.build.initramfs;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A few threads that run tasks side by side. */
final class Workers implements AutoCloseable {
    private final ExecutorService threads;

    Workers(int count) {
        this.threads = Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(task, "pack");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Runs the tasks, beginning them in order, and returns when all are done. The first failure ends the others and is thrown. */
    void run(List<Runnable> tasks) {
        CompletionService<Void> running = new ExecutorCompletionService<>(threads);
        List<Future<Void>> futures = new ArrayList<>();
        tasks.forEach(task -> futures.add(running.submit(task, null)));
        try {
            for (int done = 0; done < futures.size(); done++) {
                running.take().get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("packing was interrupted");
        }
    }

    /** Ends what still runs, and waits a little for it to remove its temporary files. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
