package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.lock.Drift;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockDifference;
import dev.osie.build.lock.LockFile;
import dev.osie.build.lock.LockRequest;
import dev.osie.build.lock.Resolved;
import dev.osie.build.lock.Selection;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Store;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The one lock of some flavors: makes it, moves it on, and compares it with what the flavors ask for. */
public final class Locks {
    private final Procurement procurement;
    private final Progress progress;
    private final List<BuildRequest> flavors;
    private final Path file;
    private final SortedSet<Architecture> chosen;
    private final Optional<Lock> present;

    /**
     * The lock of flavors.
     *
     * @param flavors each once, for any architecture
     * @param architectures those that the user names; none for those that the lock has, or the flavors' own when there is no lock
     * @throws dev.osie.build.failure.BuildException {@code BAD_INPUT} when the flavors have different locks, or the lock cannot be read
     */
    public Locks(
            Store store, Progress progress, Collection<BuildRequest> flavors, Collection<Architecture> architectures) {
        this.procurement = new Procurement(store, progress);
        this.progress = progress;
        this.flavors = List.copyOf(flavors);
        this.file = file();
        this.present = LockFile.find(file);
        this.chosen = new TreeSet<>(architectures);
        if (chosen.isEmpty()) {
            present.ifPresent(lock -> chosen.addAll(lock.architectures()));
        }
        if (chosen.isEmpty()) {
            this.flavors.forEach(flavor -> chosen.add(flavor.architecture()));
        }
    }

    /**
     * What a run did to the lock.
     *
     * @param forced why packages moved that nobody named
     * @param written whether the lock is another file now
     */
    public record Outcome(
            Path file, Lock lock, LockDifference difference, SortedMap<String, String> forced, boolean written) {}

    /** The lock, when there is one. */
    public Optional<Lock> present() {
        return present;
    }

    public Path path() {
        return file;
    }

    /**
     * Makes the lock have what the flavors ask for, and writes it unless it is the same.
     *
     * @param selection what may move
     * @param prune whether what no flavor asks for is left out
     */
    public Outcome update(Selection selection, boolean prune) {
        LockFile.requireWritable(file);
        Outcome outcome = resolve(selection, prune);
        if (!outcome.written()) {
            return outcome;
        }
        if (present.isPresent()) {
            LockFile.replace(file, present.get(), outcome.lock());
        } else if (!LockFile.create(file, outcome.lock())) {
            throw LockFile.changedMeanwhile(file);
        }
        return outcome;
    }

    /**
     * Makes the one lock for a flavor on several architectures, if there is none: the first build would make one for its architecture alone.
     *
     * @param requests the flavor on each of them
     */
    public static void createIfMissing(List<BuildRequest> requests, Store store, Progress progress) {
        if (requests.size() > 1) {
            List<Architecture> architectures =
                    requests.stream().map(BuildRequest::architecture).toList();
            new Locks(store, progress, requests.subList(0, 1), architectures).createIfMissing();
        }
    }

    private void createIfMissing() {
        if (present.isPresent()
                || needs().stream().allMatch(each -> each.wanted().isEmpty())) {
            return;
        }
        progress.info("no lock: resolving what there is today");
        LockFile.requireWritable(file);
        Lock lock = resolve(Selection.NOTHING, false).lock();
        // Where somebody else was faster, the build reads that one.
        if (LockFile.create(file, lock)) {
            progress.info("  lock       " + LockMaker.contents(lock) + ", written to " + file);
        }
    }

    /** What {@link #update} would do. */
    public Outcome resolve(Selection selection, boolean prune) {
        Lock before = present.orElse(Lock.EMPTY);
        List<LockNeeds> needs = needs();
        Lock start = prune ? before.without(Drift.unneeded(before, requests(before, needs))) : before;
        DebianSupply supply = procurement.supply(flavors.get(0), start);
        new Offline(flavors.get(0).offline())
                .require(
                        "The lock cannot be made of what the store has, which lacks",
                        () -> missing(before, needs, selection, supply));
        LockMaker maker = new LockMaker(supply);
        Resolved resolved = procurement.located(flavors.get(0), () -> maker.make(start, needs, selection));
        LockDifference difference = LockDifference.between(before, resolved.lock());
        boolean changed = present.isEmpty() || !resolved.lock().equals(before);
        return new Outcome(file, resolved.lock(), difference, resolved.forced(), changed);
    }

    /** Where nothing moves and nothing is new, nothing is asked for. */
    private static Set<String> missing(Lock before, List<LockNeeds> needs, Selection selection, DebianSupply supply) {
        Set<String> missing = new LinkedHashSet<>();
        for (LockNeeds each : needs) {
            boolean lacking = !Drift.lacking(before, each.of(before)).isEmpty();
            if (lacking || !selection.equals(Selection.NOTHING)) {
                missing.addAll(each.missing(supply));
            }
        }
        return missing;
    }

    /**
     * Compares the lock with what the flavors ask for, without network.
     *
     * @throws dev.osie.build.failure.BuildException {@code VERIFICATION} when there is no lock
     */
    public List<Drift> drift() {
        Lock lock = present.orElseThrow(() -> verification("There is no lock: tried to read " + file + ".")
                .hint("Make it: " + LockCommandLine.of(flavors.get(0)).here()));
        List<LockRequest> requests = requests(lock, needs());
        Set<Drift> drift = new LinkedHashSet<>(Drift.ofBuilder(lock, BuilderVersions.own()));
        requests.forEach(request -> drift.addAll(Drift.lacking(lock, request)));
        drift.addAll(Drift.unneeded(lock, requests));
        return List.copyOf(drift);
    }

    private static List<LockRequest> requests(Lock lock, List<LockNeeds> needs) {
        return needs.stream().map(each -> each.of(lock)).toList();
    }

    private List<LockNeeds> needs() {
        List<LockNeeds> needs = new ArrayList<>();
        for (Architecture architecture : chosen) {
            flavors.forEach(flavor -> needs.add(procurement.needs(flavor.on(architecture))));
        }
        return needs;
    }

    private Path file() {
        SortedMap<Path, String> files = new TreeMap<>();
        for (BuildRequest flavor : flavors) {
            files.putIfAbsent(
                    procurement.lockFile(flavor),
                    String.join(" ", flavor.composition().documents()));
        }
        if (files.size() > 1) {
            throw badInput("The flavors " + String.join(", ", files.values()) + " have different locks: "
                            + files.keySet() + ".")
                    .hint("Perhaps name the one that they share with --lock FILE.");
        }
        return files.firstKey();
    }
}
