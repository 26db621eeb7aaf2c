package dev.osie.build.lock;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.PackageIndex;
import dev.osie.build.debian.SignedSuite;
import dev.osie.build.debian.Suite;
import dev.osie.build.debian.SuiteReader;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** Makes locks: resolves what is asked for against what the suites have now. Suites are read once, when they are first needed. */
public final class Locker {
    private final SuiteReader reader;
    private final List<Suite> suites;
    private final Function<BinaryPackage, byte[]> control;
    private final Progress progress;
    private final Map<Architecture, PackageIndex> indexes = new EnumMap<>(Architecture.class);
    private final Map<String, SignedSuite> named = new TreeMap<>();
    private final Map<String, PackageIndex> namedIndexes = new HashMap<>();
    private List<SignedSuite> signed = List.of();

    /**
     * Makes locks of suites.
     *
     * @param control gets the control file of a package that is locked, and that the suites may no longer have
     */
    public Locker(
            SuiteReader reader, Collection<Suite> suites, Function<BinaryPackage, byte[]> control, Progress progress) {
        this.reader = reader;
        this.suites = List.copyOf(suites);
        this.control = control;
        this.progress = progress;
    }

    /**
     * Resolves requests, one for each architecture, into a new lock without images.
     *
     * @throws dev.osie.build.failure.BuildException {@code UNAVAILABLE} or {@code VERIFICATION} when the suites cannot be had or
     *     trusted, {@code BAD_INPUT} when they don't have what is asked for
     */
    public Lock resolve(Collection<LockRequest> requests) {
        return update(Lock.EMPTY, requests, Selection.NOTHING).lock();
    }

    /**
     * Makes a lock have what is asked for, and all that it has already. Packages that are locked keep their version unless they are
     * selected, or a package that moves cannot do with it.
     *
     * @param requests several of an architecture add up
     * @throws dev.osie.build.failure.BuildException as {@link #resolve} does
     */
    public Resolved update(Lock before, Collection<LockRequest> requests, Selection selection) {
        return new LockRun(this, before, requests, selection).run();
    }

    List<SignedSuite> signed() {
        if (signed.isEmpty()) {
            signed = suites.stream().map(this::read).toList();
        }
        return signed;
    }

    PackageIndex index(Architecture architecture) {
        return indexes.computeIfAbsent(architecture, any -> reader.index(signed(), architecture, progress));
    }

    /** The packages that a set can be made of. */
    PackageIndex index(Architecture architecture, PackageSet set) {
        return set.suite()
                .map(name -> index(architecture).with(index(architecture, name), name, set.wanted()))
                .orElseGet(() -> index(architecture));
    }

    /** The packages of a suite that is asked for by name. */
    PackageIndex index(Architecture architecture, String suite) {
        return namedIndexes.computeIfAbsent(
                suite + " " + architecture, any -> reader.index(List.of(signed(suite)), architecture, progress));
    }

    SignedSuite signed(String suite) {
        return named.computeIfAbsent(suite, name -> read(Suite.named(name)));
    }

    /** The suites that a set can be made of, for messages. */
    List<Suite> suites(PackageSet set) {
        return Stream.concat(suites.stream(), set.suite().map(Suite::named).stream())
                .toList();
    }

    byte[] control(BinaryPackage binary) {
        return control.apply(binary);
    }

    private SignedSuite read(Suite suite) {
        SignedSuite read = reader.read(suite);
        String day = read.date().toString().substring(0, "2026-11-21".length());
        // Debian signs with the keys of several releases; the last one by name is the newest.
        String signer = read.signers().stream().max(String::compareTo).orElseThrow();
        progress.info("  " + suite + " of " + day + ", signed by " + signer);
        return read;
    }
}
