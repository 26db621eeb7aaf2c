package dev.osie.build.initramfs;

import dev.osie.build.concurrent.Workers;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Makes segments of units, side by side, and only those that the store doesn't have.
 *
 * <p>Three steps are remembered. The whole: when no unit changed, nothing is opened but the memory of the last time. The outline of a
 * unit, from which it is found what lies over what. The segment, under the unit's content and all that shapes its bytes.
 */
public final class Packer {
    /** Rises whenever the same units would be packed to other bytes. */
    public static final int FORMAT = 2;

    /** Bounds the memory: at level 19 a zstd worker takes 100 MiB and more, at level 3 some 30. */
    private static final int MOST_AT_ONCE = 8;

    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

    private final Store store;
    private final Progress progress;
    private final Compression compression;
    private final long latest;
    private final int cores;

    /**
     * Makes a packer.
     *
     * @param compression of all units that don't ask to be stored uncompressed
     * @param latest modification times beyond this, in seconds since 1970, are brought back to it
     * @param cores to use; the bytes don't depend on it
     */
    public Packer(Store store, Progress progress, Compression compression, long latest, int cores) {
        this.store = store;
        this.progress = progress;
        this.compression = compression;
        this.latest = latest;
        this.cores = cores;
    }

    /**
     * Packs the units. At the root they are laid over each other, later ones on top.
     *
     * @return a segment for each unit, in the same order
     * @throws dev.osie.build.failure.BuildException when a tree cannot be had, or holds what a cpio archive cannot
     */
    public List<Segment> pack(List<Unit> units) {
        StepKey whole = whole("initramfs", units);
        List<Segment> known = store.recall(whole)
                .map(result -> segments(units, result.split("\n")))
                .orElse(List.of());
        if (known.size() == units.size() && known.stream().allMatch(segment -> segment.isIn(store))) {
            warnOfLostAttributes(units, known);
            return known;
        }
        List<Segment> segments = packChanged(units);
        store.remember(whole, segments.stream().map(Segment::encode).collect(Collectors.joining("\n")));
        warnOfLostAttributes(units, segments);
        return segments;
    }

    private StepKey whole(String step, List<Unit> units) {
        StepKey key = StepKey.of(step, FORMAT).with("units", units.size());
        units.forEach(unit -> describe(unit, key));
        return key;
    }

    /** Remembered, as finding out means reading what is in every segment. */
    private void warnOfLostAttributes(List<Unit> units, List<Segment> segments) {
        StepKey key = whole("lost attributes", units);
        String warning = store.recall(key).orElseGet(() -> {
            String found = LostAttributes.describe(segments, store).orElse("");
            store.remember(key, found);
            return found;
        });
        if (!warning.isEmpty()) {
            progress.warn(warning);
        }
    }

    private static List<Segment> segments(List<Unit> units, String[] lines) {
        return IntStream.range(0, Math.min(units.size(), lines.length))
                .mapToObj(i -> Segment.decode(units.get(i).name(), lines[i]))
                .flatMap(Optional::stream)
                .toList();
    }

    private StepKey describe(Unit unit, StepKey key) {
        return key.with("identity", unit.identity())
                .withAll("prefixes", unit.prefixes())
                .with("compression", compression(unit).identity())
                .with("latest", latest);
    }

    private Compression compression(Unit unit) {
        return unit.stored() ? Compression.NONE : compression;
    }

    private List<Segment> packChanged(List<Unit> units) {
        List<Job> jobs = units.stream().map(Job::new).toList();
        try (Workers workers = new Workers("pack", Math.min(cores, MOST_AT_ONCE))) {
            workers.run(jobs.stream().map(job -> (Runnable) job::readOutline).toList());
            Overlay overlay =
                    Overlay.of(units, jobs.stream().map(job -> job.outline).toList());
            overlay.warnings().forEach(progress::warn);
            IntStream.range(0, jobs.size()).forEach(i -> jobs.get(i).find(overlay.amendment(i)));
            packMissing(workers, jobs);
        }
        return jobs.stream().map(job -> job.segment.orElseThrow()).toList();
    }

    private void packMissing(Workers workers, List<Job> jobs) {
        // The largest first, so that none is left to run alone at the end.
        List<Job> missing = jobs.stream()
                .filter(job -> job.segment.isEmpty())
                .sorted(Comparator.comparingLong(Job::bytes).reversed())
                .toList();
        long total = missing.stream().mapToLong(Job::bytes).sum();
        try (Progress.Step step = progress.start("pack", total)) {
            workers.run(missing.stream()
                    .map(job -> (Runnable) () -> job.pack(zstdWorkers(job.bytes(), total), step::advance))
                    .toList());
            step.done(jobs.size() + " segments, " + missing.size() + " new");
        }
    }

    /** A large segment gets its part of the cores, so that all end at about the same time. */
    private int zstdWorkers(long bytes, long total) {
        long share = Math.round((double) cores * bytes / Math.max(1, total));
        return (int) Math.max(1, Math.min(MOST_AT_ONCE, share));
    }

    /** What has been found out about a unit so far. Each is in the hands of one thread at a time. */
    private final class Job {
        private final Unit unit;
        private Optional<Tree> tree = Optional.empty();
        private List<Entry> outline = List.of();
        private Amendment amendment = Amendment.NONE;
        private Optional<Segment> segment = Optional.empty();

        Job(Unit unit) {
            this.unit = unit;
        }

        void readOutline() {
            StepKey key = StepKey.of("outline", FORMAT).with("identity", unit.identity());
            Optional<Digest> known = store.recall(key)
                    .filter(result -> DIGEST.matcher(result).matches())
                    .map(Digest::parse)
                    .filter(store::contains);
            if (known.isPresent()) {
                outline = EntryList.decode(store.readAllBytes(known.get()));
            } else {
                tree = Optional.of(unit.tree().get());
                outline = Archive.outline(tree.get());
                store.remember(
                        key, store.put(EntryList.encode(outline)).digest().toString());
            }
        }

        void find(Amendment newAmendment) {
            amendment = newAmendment;
            segment = store.recall(key())
                    .flatMap(result -> Segment.decode(unit.name(), result))
                    .filter(found -> found.isIn(store));
        }

        private StepKey key() {
            return describe(unit, StepKey.of("segment", FORMAT))
                    .withAll("left", amendment.left())
                    .withAll("from", amendment.moved().keySet())
                    .withAll("to", amendment.moved().values())
                    .withAll("directories", amendment.directories().keySet())
                    .withAll("attributes", amendment.directories().values());
        }

        /** Of the contents, as a measure of the work. */
        long bytes() {
            return outline.stream()
                    .mapToLong(entry -> entry.kind() instanceof Entry.RegularFile file ? file.size() : 0)
                    .sum();
        }

        void pack(int zstdWorkers, LongConsumer written) {
            Archive archive = Archive.of(unit, tree.orElseGet(unit.tree()), amendment, latest);
            tree = Optional.empty();
            List<Entry> entries = new ArrayList<>();
            Blob blob = store.write(out -> entries.addAll(write(archive, out, zstdWorkers, written)));
            Blob entryList = store.put(EntryList.encode(entries));
            Segment packed = new Segment(unit.name(), compression(unit), blob, archive.size(), entryList);
            store.remember(key(), packed.encode());
            segment = Optional.of(packed);
        }

        private List<Entry> write(Archive archive, OutputStream out, int zstdWorkers, LongConsumer written)
                throws IOException {
            if (!(compression(unit) instanceof Compression.Zstd zstd)) {
                return archive.writeTo(out, written);
            }
            try (ZstdFrame frame = new ZstdFrame(out, zstd, zstdWorkers, archive.size())) {
                List<Entry> entries = archive.writeTo(frame, written);
                frame.end();
                return entries;
            }
        }
    }
}
