package dev.osie.build.debian;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.concurrent.Workers;
import dev.osie.build.failure.BuildException;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.net.URI;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * Brings packages into the store, several at a time, each compared with its digest on the way. A package that the mirror no longer has
 * is taken from the snapshot service: mirrors drop superseded packages, the service keeps them all.
 */
public final class PackageFetcher {
    private static final int AT_A_TIME = 4;
    /** More packages than this with their digests make no message but a page. */
    private static final int DESCRIBED = 5;

    private final Mirror mirror;
    private final Snapshot snapshot;
    private final SnapshotFetcher snapshots;
    private final BlobFetcher fetcher;
    private final Store store;
    private final Progress progress;
    private final String lockCommand;
    private final AtomicReference<Optional<BuildException>> outage = new AtomicReference<>(Optional.empty());

    /**
     * A fetcher of a lock's packages.
     *
     * @param mirror is asked first
     * @param snapshot is asked for what the mirror no longer has
     * @param lockCommand what makes the lock that asks for the packages, for hints: {@code osie-build lock hook}
     */
    public PackageFetcher(
            Mirror mirror,
            Snapshot snapshot,
            Downloader downloader,
            Store store,
            Progress progress,
            String lockCommand) {
        this.mirror = mirror;
        this.snapshot = snapshot;
        this.fetcher = new BlobFetcher(downloader, store);
        this.snapshots = new SnapshotFetcher(snapshot, downloader, fetcher);
        this.store = store;
        this.progress = progress;
        this.lockCommand = lockCommand;
    }

    /**
     * Makes sure that the store holds every package's file, under the digest of {@link BinaryPackage#deb}. Without network when it
     * already does.
     *
     * @throws BuildException {@code UNAVAILABLE} when nobody has some packages any longer, with all of their names, {@code VERIFICATION}
     *     when a file is not the expected
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
        Queue<Gone> gone = new ConcurrentLinkedQueue<>();
        try (Progress.Step step = progress.start("packages", bytes)) {
            Workers.runAll(
                    "package-fetcher",
                    AT_A_TIME,
                    missing.values().stream()
                            .map(binary -> (Runnable) () -> fetch(binary, step).ifPresent(gone::add))
                            .toList());
            if (!gone.isEmpty()) {
                throw gone(gone);
            }
            step.done(missing.size() + (missing.size() == 1 ? " package" : " packages") + ", all digests verified");
        }
    }

    private Optional<Gone> fetch(BinaryPackage binary, Progress.Step step) {
        URI uri = mirror.resolve(binary.archive(), binary.path());
        if (fetcher.fetch(uri, binary.deb(), step::advance)) {
            return Optional.empty();
        }
        if (outage.get().isEmpty()) {
            try {
                if (snapshots.fetch(binary, step::advance)) {
                    return Optional.empty();
                }
            } catch (BuildException e) {
                if (e.kind() != BuildException.Kind.UNAVAILABLE) {
                    throw e;
                }
                outage.set(Optional.of(e)); // Three tries for the first package are enough for all.
            }
        }
        return Optional.of(new Gone(binary, uri));
    }

    /** A package that nobody has. */
    private record Gone(BinaryPackage binary, URI uri) {
        String describe() {
            return binary + " (" + binary.deb().digest() + ")";
        }
    }

    private BuildException gone(Collection<Gone> all) {
        List<Gone> sorted =
                all.stream().sorted(Comparator.comparing(Gone::binary)).toList();
        Gone first = sorted.get(0);
        String what = sorted.size() == 1
                ? "get " + first.describe() + " as the lock asks, but the mirror no longer has "
                        + Addresses.shown(first.uri())
                : "get " + sorted.size() + " packages as the lock asks, but the mirror no longer has them: "
                        + sorted.stream().limit(DESCRIBED).map(Gone::describe).collect(Collectors.joining(", "))
                        + (sorted.size() > DESCRIBED ? " and " + (sorted.size() - DESCRIBED) + " more" : "");
        String rest = outage.get()
                .map(e -> ", and the snapshot service could not help: " + e.getMessage())
                .orElse(", and the snapshot service " + snapshot.service() + " does not have "
                        + (sorted.size() == 1 ? "it" : "all of them") + ".");
        String names =
                sorted.stream().map(each -> each.binary().name()).distinct().collect(Collectors.joining(" "));
        BuildException failure = unavailable("Tried to " + what + rest)
                .hint("Perhaps take what the suites have today: " + lockCommand + " --update " + names
                        + "   (or name another snapshot service with --snapshot URL)");
        return outage.get().map(failure::because).orElse(failure);
    }
}
