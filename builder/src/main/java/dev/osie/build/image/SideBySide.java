package dev.osie.build.image;

import static dev.osie.build.failure.BuildException.unavailable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does several things at once. */
final class SideBySide {
    /** Unpacking a package can take 64 MiB for the decompressor's dictionary, of a heap of 256 MiB. */
    private static final int AT_MOST = 3;

    private SideBySide() {}

    /** Does all the work; the first failure ends it. */
    static void run(Collection<Runnable> work) {
        int workers = Math.min(AT_MOST, Runtime.getRuntime().availableProcessors());
        ExecutorService executor = Executors.newFixedThreadPool(workers, SideBySide::worker);
        try {
            List<Future<?>> results = new ArrayList<>();
            work.forEach(task -> results.add(executor.submit(task)));
            for (Future<?> result : results) {
                result.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("The build was interrupted").because(e);
        } finally {
            executor.shutdownNow();
        }
    }

    private static Thread worker(Runnable work) {
        Thread thread = new Thread(work, "image-layers");
        thread.setDaemon(true);
        return thread;
    }
}
