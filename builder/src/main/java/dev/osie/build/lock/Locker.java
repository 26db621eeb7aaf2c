package dev.osie.build.lock;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.PackageIndex;
import dev.osie.build.debian.Resolver;
import dev.osie.build.debian.SignedSuite;
import dev.osie.build.debian.Suite;
import dev.osie.build.debian.SuiteReader;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes locks: resolves what is asked for against what the suites have now. */
public final class Locker {
    private final SuiteReader reader;
    private final List<Suite> suites;
    private final Progress progress;

    public Locker(SuiteReader reader, Collection<Suite> suites, Progress progress) {
        this.reader = reader;
        this.suites = List.copyOf(suites);
        this.progress = progress;
    }

    /**
     * Resolves requests, one for each architecture, into one lock.
     *
     * @throws dev.osie.build.failure.BuildException {@code UNAVAILABLE} or {@code VERIFICATION} when the suites cannot be had or
     *     trusted, {@code BAD_INPUT} when they don't have what is asked for
     */
    public Lock resolve(Collection<LockRequest> requests) {
        List<SignedSuite> signed = suites.stream().map(this::read).toList();
        SortedMap<Architecture, SortedMap<String, LockedSet>> sets = new TreeMap<>();
        SortedSet<BinaryPackage> packages = new TreeSet<>();
        for (LockRequest request : requests) {
            PackageIndex index = reader.index(signed, request.architecture(), progress);
            Resolver resolver = new Resolver(index, suites);
            SortedMap<String, LockedSet> named = sets.computeIfAbsent(request.architecture(), any -> new TreeMap<>());
            for (PackageSet set : request.sets()) {
                List<BinaryPackage> found = resolve(resolver, set);
                packages.addAll(found);
                named.put(set.name(), locked(set, found));
            }
        }
        return new Lock(signed.stream().map(Locker::locked).toList(), packages, sets);
    }

    private SignedSuite read(Suite suite) {
        SignedSuite signed = reader.read(suite);
        String day = signed.date().toString().substring(0, "2026-11-21".length());
        // Debian signs with the keys of several releases; the last one by name is the newest.
        String signer = signed.signers().stream().max(String::compareTo).orElseThrow();
        progress.info("  " + suite + " of " + day + ", signed by " + signer);
        return signed;
    }

    private static List<BinaryPackage> resolve(Resolver resolver, PackageSet set) {
        return switch (set.dependencies()) {
            case FOLLOW -> resolver.resolve(set.name(), set.wanted(), set.exclude());
            case IGNORE -> resolver.find(set.name(), set.wanted());
        };
    }

    private static LockedSet locked(PackageSet set, List<BinaryPackage> found) {
        SortedSet<String> names = new TreeSet<>();
        found.forEach(binary -> names.add(binary.name()));
        return new LockedSet(set, names);
    }

    private static LockedSuite locked(SignedSuite suite) {
        return new LockedSuite(suite.suite().archive(), suite.suite().name(), suite.date(), suite.inRelease());
    }
}
