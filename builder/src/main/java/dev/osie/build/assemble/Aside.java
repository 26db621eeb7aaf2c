package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.unavailable;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/** Work that goes on beside the builder's own. */
final class Aside<T> implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 10_000;

    private final FutureTask<T> task;
    private final Thread thread;

    private Aside(FutureTask<T> task, Thread thread) {
        this.task = task;
        this.thread = thread;
    }

    static <T> Aside<T> start(String name, Supplier<T> work) {
        FutureTask<T> task = new FutureTask<>(work::get);
        Thread thread = new Thread(task, name);
        thread.setDaemon(true); // when the builder fails, nobody waits for the rest
        thread.start();
        return new Aside<>(task, thread);
    }

    /** Waits for the result; a failure of the work is thrown as it was. */
    T result() {
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("The build was interrupted.").because(e);
        }
    }

    /** Ends the work if it still goes on, and waits a little for that: nothing is written behind the builder's back. */
    @Override
    public void close() {
        task.cancel(true);
        try {
            thread.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
