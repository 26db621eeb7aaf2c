package dev.osie.build.lock;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Digest;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The exact inputs of a build: which packages, with their digests, every image and kernel of each architecture consists of.
 *
 * @param builder versions of what shapes the bytes besides its inputs, by name
 * @param suites what the packages were taken from
 * @param packages every package once, sorted
 * @param sets by architecture and name
 * @param images by name
 */
public record Lock(
        SortedMap<String, String> builder,
        List<LockedSuite> suites,
        SortedSet<BinaryPackage> packages,
        SortedMap<Architecture, SortedMap<String, LockedSet>> sets,
        SortedMap<String, LockedImage> images) {
    private static final Pattern PART = Pattern.compile("[a-z][a-z0-9-]{0,50}");
    private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9.+~:_, -]{1,200}");

    /** Asks for nothing. */
    public static final Lock EMPTY = new Lock(
            Collections.emptySortedMap(),
            List.of(),
            Collections.emptySortedSet(),
            Collections.emptySortedMap(),
            Collections.emptySortedMap());

    /**
     * @throws BuildException {@code BAD_INPUT} when there are packages but no suite, when a set names a package that is not described, or
     *     when a package is described twice
     */
    public Lock {
        builder = Collections.unmodifiableSortedMap(new TreeMap<>(builder));
        builder.forEach((name, version) -> {
            if (!PART.matcher(name).matches() || !VERSION.matcher(version).matches()) {
                throw badInput("'" + name + ": " + version + "' is not a part of the builder and its version");
            }
        });
        suites = List.copyOf(suites);
        packages = Collections.unmodifiableSortedSet(new TreeSet<>(packages));
        SortedMap<Architecture, SortedMap<String, LockedSet>> copy = new TreeMap<>();
        sets.forEach((architecture, named) -> {
            if (!named.isEmpty()) {
                copy.put(architecture, Collections.unmodifiableSortedMap(new TreeMap<>(named)));
            }
        });
        sets = Collections.unmodifiableSortedMap(copy);
        images = Collections.unmodifiableSortedMap(new TreeMap<>(images));
        if (suites.isEmpty() && (!sets.isEmpty() || !packages.isEmpty())) {
            throw badInput("the lock names no suite");
        }
        requireOneOfEach(packages);
        for (Map.Entry<Architecture, SortedMap<String, LockedSet>> architecture : sets.entrySet()) {
            for (LockedSet set : architecture.getValue().values()) {
                packagesOf(architecture.getKey(), set, packages);
            }
        }
    }

    /** The same with other packages. */
    public Lock withPackages(
            List<LockedSuite> newSuites,
            SortedSet<BinaryPackage> newPackages,
            SortedMap<Architecture, SortedMap<String, LockedSet>> newSets) {
        return new Lock(builder, newSuites, newPackages, newSets, images);
    }

    /** The same without the sets and images that nobody needs, and the packages that only they had. */
    public Lock without(Collection<Drift> unneeded) {
        SortedMap<Architecture, SortedMap<String, LockedSet>> left = new TreeMap<>();
        sets.forEach((architecture, named) -> left.put(architecture, new TreeMap<>(named)));
        SortedMap<String, LockedImage> leftImages = new TreeMap<>(images);
        for (Drift drift : unneeded) {
            drift.architecture()
                    .ifPresentOrElse(
                            architecture -> left.get(architecture).remove(drift.name()),
                            () -> leftImages.remove(drift.name()));
        }
        SortedSet<BinaryPackage> leftPackages = new TreeSet<>();
        left.forEach((architecture, named) ->
                named.values().forEach(set -> leftPackages.addAll(packagesOf(architecture, set, packages))));
        List<LockedSuite> leftSuites = suites.stream()
                .filter(suite -> !isNamed(suite, sets) || isNamed(suite, left))
                .toList();
        return new Lock(builder, leftSuites, leftPackages, left, leftImages);
    }

    /** Whether a set is taken from the suite by its name. */
    private static boolean isNamed(LockedSuite suite, SortedMap<Architecture, SortedMap<String, LockedSet>> sets) {
        return sets.values().stream()
                .flatMap(named -> named.values().stream())
                .anyMatch(set -> set.request().suite().equals(Optional.of(suite.name())));
    }

    public Lock withImages(SortedMap<String, LockedImage> newImages) {
        return new Lock(builder, suites, packages, sets, newImages);
    }

    public Lock withBuilder(SortedMap<String, String> newBuilder) {
        return new Lock(newBuilder, suites, packages, sets, images);
    }

    /** The date of the newest suite, which is the age of what is built from this lock; the beginning of 1970 if there is none. */
    public Instant date() {
        return suites.stream().map(LockedSuite::date).max(Instant::compareTo).orElse(Instant.EPOCH);
    }

    /** The architectures that packages are locked for; of a lock without packages, those that every image is made for. */
    public SortedSet<Architecture> architectures() {
        if (!sets.isEmpty() || images.isEmpty()) {
            return new TreeSet<>(sets.keySet());
        }
        SortedSet<Architecture> architectures = new TreeSet<>(List.of(Architecture.values()));
        images.values()
                .forEach(image -> architectures.retainAll(image.manifests().keySet()));
        return architectures;
    }

    /** The digest of the manifest that the name of an image means, if it is locked. */
    public Optional<Digest> image(String name, Architecture architecture) {
        return Optional.ofNullable(images.get(name)).flatMap(image -> image.manifest(architecture));
    }

    /** The sets of an architecture by their names. */
    public SortedMap<String, LockedSet> setsOf(Architecture architecture) {
        return sets.getOrDefault(architecture, Collections.emptySortedMap());
    }

    public Optional<LockedSet> set(Architecture architecture, String name) {
        return Optional.ofNullable(setsOf(architecture).get(name));
    }

    /**
     * The packages of a set, sorted by name.
     *
     * @throws BuildException {@code BAD_INPUT} when the lock does not have the set
     */
    public List<BinaryPackage> packagesOf(Architecture architecture, String set) {
        LockedSet locked = set(architecture, set)
                .orElseThrow(() -> badInput("The lock has no packages for '" + set + "' on " + architecture + "."));
        return packagesOf(architecture, locked, packages);
    }

    /** Every package of an architecture's sets, sorted by name. */
    public List<BinaryPackage> packagesOf(Architecture architecture) {
        SortedSet<BinaryPackage> all = new TreeSet<>();
        setsOf(architecture).values().forEach(set -> all.addAll(packagesOf(architecture, set, packages)));
        return List.copyOf(all);
    }

    private static List<BinaryPackage> packagesOf(
            Architecture architecture, LockedSet set, SortedSet<BinaryPackage> packages) {
        return set.packages().stream()
                .map(name -> find(packages, name, architecture, set.request().suite())
                        .or(() -> find(packages, name, architecture, Optional.empty()))
                        .orElseThrow(() -> badInput("the set '" + set.request().name() + "' of " + architecture
                                + " has the package '" + name + "', which the lock does not describe")))
                .toList();
    }

    private static Optional<BinaryPackage> find(
            Collection<BinaryPackage> packages, String name, Architecture architecture, Optional<String> suite) {
        return Stream.of(architecture.debianName(), "all")
                .flatMap(each -> packages.stream()
                        .filter(binary -> binary.name().equals(name)
                                && binary.architecture().equals(each)
                                && binary.suite().equals(suite)))
                .findFirst();
    }

    private static void requireOneOfEach(SortedSet<BinaryPackage> packages) {
        BinaryPackage previous = null;
        for (BinaryPackage binary : packages) {
            if (previous != null
                    && previous.name().equals(binary.name())
                    && previous.architecture().equals(binary.architecture())
                    && previous.suite().equals(binary.suite())) {
                throw badInput("the package " + binary.name() + " (" + binary.architecture() + ") is described twice");
            }
            previous = binary;
        }
    }
}
