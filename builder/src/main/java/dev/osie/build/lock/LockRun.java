package dev.osie.build.lock;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.Holds;
import dev.osie.build.debian.PackageIndex;
import dev.osie.build.debian.Resolver;
import dev.osie.build.debian.SignedSuite;
import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * One run of the {@link Locker}. A name that moves does so in every set of every architecture, so that a lock never has two versions of a
 * package; where one set forces a package to move, the others are looked at again, until no more has to.
 */
final class LockRun {
    private final Locker locker;
    private final Lock before;
    private final Selection selection;
    private final SortedMap<Architecture, SortedMap<String, PackageSet>> wanted = new TreeMap<>();
    private final SortedSet<String> moving;
    private final SortedMap<String, String> forced = new TreeMap<>();
    private final Map<String, BinaryPackage> found = new HashMap<>();
    private final SortedMap<Architecture, SortedMap<String, LockedSet>> sets = new TreeMap<>();

    private Optional<BuildException> disagreement = Optional.empty();

    LockRun(Locker locker, Lock before, Collection<LockRequest> requests, Selection selection) {
        this.locker = locker;
        this.before = before;
        this.selection = selection;
        this.moving = new TreeSet<>(selection.packages());
        before.sets()
                .forEach((architecture, named) -> named.values()
                        .forEach(set -> wanted(architecture).put(set.request().name(), set.request())));
        SortedMap<Architecture, SortedMap<String, PackageSet>> asked = new TreeMap<>();
        for (LockRequest request : requests) {
            for (PackageSet set : request.sets()) {
                PackageSet other = asked.computeIfAbsent(request.architecture(), any -> new TreeMap<>())
                        .put(set.name(), set);
                if (other != null && !other.equals(set)) {
                    throw badInput("Two flavors ask for different packages by the name '" + set.name()
                                    + "', so one lock cannot serve both.")
                            .hint("Perhaps give each a lock of its own with --lock FILE.");
                }
                wanted(request.architecture()).put(set.name(), set);
            }
        }
    }

    private SortedMap<String, PackageSet> wanted(Architecture architecture) {
        return wanted.computeIfAbsent(architecture, any -> new TreeMap<>());
    }

    Resolved run() {
        selectArchives();
        int moved;
        do {
            moved = moving.size();
            found.clear();
            sets.clear();
            disagreement = Optional.empty();
            wanted.forEach(this::resolve);
        } while (moving.size() > moved);
        if (disagreement.isPresent()) {
            throw disagreement.get();
        }
        SortedSet<BinaryPackage> packages = new TreeSet<>(found.values());
        boolean same = packages.equals(before.packages()) && sets.equals(before.sets());
        List<LockedSuite> suites = same ? before.suites() : newSuites();
        return new Resolved(before.withPackages(suites, packages, sets), forced);
    }

    /** Another set of the same packages needs no suites; their date stays that of the packages. */
    private List<LockedSuite> newSuites() {
        boolean onlyKnown = before.packages().containsAll(found.values());
        if (onlyKnown && !before.suites().isEmpty()) {
            return before.suites();
        }
        List<LockedSuite> suites = Stream.concat(
                        locker.signed().stream(), namedSuites().stream().map(locker::signed))
                .map(LockRun::locked)
                .toList();
        suites.forEach(this::requireNotEarlier);
        return suites;
    }

    private SortedSet<String> namedSuites() {
        SortedSet<String> names = new TreeSet<>();
        wanted.values().forEach(sets -> sets.values().forEach(set -> set.suite().ifPresent(names::add)));
        return names;
    }

    /** A mirror that is behind, or that somebody holds back, would take security updates away. */
    private void requireNotEarlier(LockedSuite suite) {
        for (LockedSuite locked : before.suites()) {
            if (locked.name().equals(suite.name()) && suite.date().isBefore(locked.date())) {
                throw unavailable("The mirror has " + suite.name() + " of " + suite.date()
                                + ", and the lock was made of a later one, of " + locked.date() + ".")
                        .hint("Perhaps name another mirror with --mirror URL; or delete the lock to go back.");
            }
        }
    }

    private static LockedSuite locked(SignedSuite suite) {
        return new LockedSuite(suite.suite().archive(), suite.suite().name(), suite.date(), suite.inRelease());
    }

    private void selectArchives() {
        if (!selection.archives().isEmpty()) {
            wanted.keySet().forEach(architecture -> {
                PackageIndex index = locker.index(architecture);
                before.packagesOf(architecture).stream()
                        .filter(binary -> binary.suite().isEmpty())
                        .flatMap(binary -> index.newest(binary.name()).stream())
                        .filter(newest -> selection.archives().contains(newest.archive()))
                        .forEach(newest -> moving.add(newest.name()));
            });
        }
    }

    private void resolve(Architecture architecture, SortedMap<String, PackageSet> named) {
        Holds common = new Holds(held(architecture), locker::control);
        SortedMap<String, LockedSet> resolved = new TreeMap<>();
        named.forEach((name, set) -> {
            Holds holds = set.suite().isEmpty() ? common : new Holds(held(architecture, set), locker::control);
            List<BinaryPackage> packages = stays(architecture, set)
                    ? before.packagesOf(architecture, name)
                    : resolve(architecture, set, holds);
            packages.forEach(binary -> add(architecture, binary));
            SortedSet<String> names = new TreeSet<>();
            packages.forEach(binary -> names.add(binary.name()));
            resolved.put(name, new LockedSet(set, names));
            moving.addAll(holds.released().keySet());
            holds.released().forEach(forced::putIfAbsent);
        });
        if (!resolved.isEmpty()) {
            sets.put(architecture, resolved);
        }
    }

    /** What a set from a suite of its own holds: of packages that are locked twice the one of that suite. */
    private List<BinaryPackage> held(Architecture architecture, PackageSet set) {
        Map<String, BinaryPackage> held = new TreeMap<>();
        if (!stays(architecture, set)) {
            PackageIndex own = locker.index(architecture, set.suite().orElseThrow());
            held(architecture).stream()
                    .filter(binary -> !set.wanted().contains(binary.name())
                            || own.newest(binary.name()).isEmpty())
                    .forEach(binary -> held.put(binary.name(), binary));
            held(architecture, set.suite()).forEach(binary -> held.put(binary.name(), binary));
        }
        return List.copyOf(held.values());
    }

    private List<BinaryPackage> held(Architecture architecture) {
        return held(architecture, Optional.empty());
    }

    private List<BinaryPackage> held(Architecture architecture, Optional<String> suite) {
        List<BinaryPackage> held = new ArrayList<>();
        for (BinaryPackage binary : before.packages()) {
            boolean fits = binary.architecture().equals(architecture.debianName())
                    || binary.architecture().equals("all");
            if (fits && binary.suite().equals(suite) && !moves(binary.name())) {
                held.add(binary);
            }
        }
        return held;
    }

    private boolean moves(String name) {
        return selection.everything() || moving.contains(name);
    }

    private boolean stays(Architecture architecture, PackageSet set) {
        return before.set(architecture, set.name())
                .filter(locked -> locked.request().equals(set))
                .filter(locked -> locked.packages().stream().noneMatch(this::moves))
                .isPresent();
    }

    private List<BinaryPackage> resolve(Architecture architecture, PackageSet set, Holds holds) {
        if (set.wanted().isEmpty()) {
            return List.of();
        }
        Resolver resolver = new Resolver(locker.index(architecture, set), locker.suites(set), holds);
        return switch (set.dependencies()) {
            case FOLLOW -> resolver.resolve(set.name(), set.wanted(), set.exclude());
            case IGNORE -> resolver.find(set.name(), set.wanted());
        };
    }

    /** While sets are still looked at again they may be of different minds, so what they disagree about counts in the end. */
    private void add(Architecture architecture, BinaryPackage binary) {
        BinaryPackage other = found.put(binary.name() + ":" + binary.architecture() + ":" + binary.suite(), binary);
        if (other != null && !other.equals(binary)) {
            disagreement = Optional.of(unavailable("The suites have " + binary + " for " + architecture + ", and "
                            + other + " for another architecture.")
                    .hint("Perhaps lock again later, when the archive has built the same version for all."));
        }
    }
}
