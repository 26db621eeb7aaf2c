package dev.osie.build.debian;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.concurrent.Workers;
import dev.osie.build.failure.BuildException;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.net.URI;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

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
            Workers.runAll(
                    "package-fetcher",
                    AT_A_TIME,
                    missing.values().stream()
                            .map(binary -> (Runnable) () -> fetch(binary, step))
                            .toList());
            step.done(missing.size() + (missing.size() == 1 ? " package" : " packages") + ", all digests verified");
        }
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
