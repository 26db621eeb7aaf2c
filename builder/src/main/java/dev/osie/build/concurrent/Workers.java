package dev.osie.build.concurrent;

import static dev.osie.build.failure.BuildException.unavailable;

import java.util.Collection;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A few threads that run tasks side by side. */
public final class Workers implements AutoCloseable {
    private final ExecutorService threads;

    /**
     * Workers who wait for tasks.
     *
     * @param name of the threads
     * @param count how many tasks run at once
     */
    public Workers(String name, int count) {
        this.threads = Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true); // when the build fails, nobody waits for the rest
            return thread;
        });
    }

    /** Runs all tasks with workers of their own, see {@link #run}. */
    public static void runAll(String name, int count, Collection<? extends Runnable> tasks) {
        if (!tasks.isEmpty()) {
            try (Workers workers = new Workers(name, count)) {
                workers.run(tasks);
            }
        }
    }

    /** Runs the tasks, beginning them in order, and returns when all are done. The first failure ends the others and is thrown. */
    public void run(Collection<? extends Runnable> tasks) {
        CompletionService<Void> running = new ExecutorCompletionService<>(threads);
        tasks.forEach(task -> running.submit(task, null));
        try {
            for (int left = tasks.size(); left > 0; left--) {
                running.take().get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("The build was interrupted.").because(e);
        }
    }

    /** Ends what still runs, and waits a little for it to remove its temporary files: nothing is written behind the caller's back. */
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
