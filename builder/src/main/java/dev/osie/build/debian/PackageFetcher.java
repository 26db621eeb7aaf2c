package dev.osie.build.debian;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.failure.BuildException;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.net.URI;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Brings packages into the store, several at a time, each compared with its digest on the way. A package that the mirror no longer has
 * is taken from a second mirror: mirrors drop superseded packages, the snapshot service keeps them all.
 */
public final class PackageFetcher {
    private static final int AT_A_TIME = 4;

    private final Mirror mirror;
    private final Mirror fallback;
    private final BlobFetcher fetcher;
    private final Store store;
    private final Progress progress;

    public PackageFetcher(Mirror mirror, Mirror fallback, Downloader downloader, Store store, Progress progress) {
        this.mirror = mirror;
        this.fallback = fallback;
        this.fetcher = new BlobFetcher(downloader, store);
        this.store = store;
        this.progress = progress;
    }

    /**
     * Makes sure that the store holds every package's file, under the digest of {@link BinaryPackage#deb}. Without network when it
     * already does.
     *
     * @throws BuildException {@code UNAVAILABLE} when neither mirror has a package, {@code VERIFICATION} when a file is not the expected
     */
    public void fetch(Collection<BinaryPackage> packages) {
        Map<Digest, BinaryPackage> missing = new LinkedHashMap<>();
        for (BinaryPackage binary : new TreeSet<>(packages)) {
            if (!store.contains(binary.deb())) {
                missing.put(binary.deb().digest(), binary);
            }
        }
        if (missing.isEmpty()) {
            return;
        }
        long bytes = missing.values().stream()
                .mapToLong(binary -> binary.deb().size())
                .sum();
        try (Progress.Step step = progress.start("packages", bytes)) {
            fetchAll(missing.values(), step);
            step.done(missing.size() + (missing.size() == 1 ? " package" : " packages") + ", all digests verified");
        }
    }

    private void fetchAll(Collection<BinaryPackage> packages, Progress.Step step) {
        ExecutorService workers = Executors.newFixedThreadPool(AT_A_TIME, PackageFetcher::worker);
        try {
            CompletionService<BinaryPackage> fetches = new ExecutorCompletionService<>(workers);
            packages.forEach(binary -> fetches.submit(() -> fetch(binary, step), binary));
            for (int left = packages.size(); left > 0; left--) {
                fetches.take().get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("The transfer of packages was interrupted.");
        } finally {
            stop(workers);
        }
    }

    /** The first failure ends the other transfers, too; they are waited for, so that nothing is written behind the caller's back. */
    private static void stop(ExecutorService workers) {
        workers.shutdownNow();
        try {
            workers.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread worker(Runnable work) {
        Thread thread = new Thread(work, "package-fetcher");
        thread.setDaemon(true);
        return thread;
    }

    private void fetch(BinaryPackage binary, Progress.Step step) {
        URI uri = mirror.resolve(binary.archive(), binary.path());
        if (fetcher.fetch(uri, binary.deb(), step::advance)) {
            return;
        }
        URI second = fallback.resolve(binary.archive(), binary.path());
        try {
            if (!second.equals(uri) && fetcher.fetch(second, binary.deb(), step::advance)) {
                return;
            }
        } catch (BuildException e) {
            if (e.kind() != BuildException.Kind.UNAVAILABLE) {
                throw e;
            }
            throw gone(binary, uri, " and then: " + e.getMessage()).because(e);
        }
        throw gone(binary, uri, second.equals(uri) ? "." : ", and neither has " + Addresses.shown(second) + ".");
    }

    private static BuildException gone(BinaryPackage binary, URI uri, String rest) {
        return unavailable("Tried to get " + binary + " (" + binary.deb().digest() + "), but the mirror no longer has "
                        + Addresses.shown(uri) + rest)
                .hint("Perhaps a newer version exists; to take what the suites have today: osie-build lock");
    }
}
