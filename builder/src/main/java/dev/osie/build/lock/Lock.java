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

/**
 * The exact inputs of a build: which packages, with their digests, every image and kernel of each architecture consists of.
 *
 * @param suites what the packages were taken from
 * @param packages every package once, sorted
 * @param sets by architecture and name
 * @param images by name
 */
public record Lock(
        List<LockedSuite> suites,
        SortedSet<BinaryPackage> packages,
        SortedMap<Architecture, SortedMap<String, LockedSet>> sets,
        SortedMap<String, LockedImage> images) {
    private static final String REMEDY = "Perhaps renew the lock: osie-build lock";

    /**
     * @throws BuildException {@code BAD_INPUT} when there is no suite, unless there are images only, when a set names a package that is not described, or when a
     *     package is described twice
     */
    public Lock {
        suites = List.copyOf(suites);
        packages = Collections.unmodifiableSortedSet(new TreeSet<>(packages));
        SortedMap<Architecture, SortedMap<String, LockedSet>> copy = new TreeMap<>();
        sets.forEach((architecture, named) ->
                copy.put(architecture, Collections.unmodifiableSortedMap(new TreeMap<>(named))));
        sets = Collections.unmodifiableSortedMap(copy);
        images = Collections.unmodifiableSortedMap(new TreeMap<>(images));
        boolean hasPackages = !sets.isEmpty() || !packages.isEmpty();
        if (suites.isEmpty() && (hasPackages || images.isEmpty())) {
            throw badInput("the lock names no suite");
        }
        requireOneOfEach(packages);
        for (Map.Entry<Architecture, SortedMap<String, LockedSet>> architecture : sets.entrySet()) {
            for (LockedSet set : architecture.getValue().values()) {
                packagesOf(architecture.getKey(), set, packages);
            }
        }
    }

    /** A lock without images. */
    public Lock(
            List<LockedSuite> suites,
            SortedSet<BinaryPackage> packages,
            SortedMap<Architecture, SortedMap<String, LockedSet>> sets) {
        this(suites, packages, sets, Collections.emptySortedMap());
    }

    /** A lock without packages. */
    public static Lock ofImages(SortedMap<String, LockedImage> images) {
        return new Lock(List.of(), Collections.emptySortedSet(), Collections.emptySortedMap(), images);
    }

    public Lock withImages(SortedMap<String, LockedImage> newImages) {
        return new Lock(suites, packages, sets, newImages);
    }

    /** The date of the newest suite, which is the age of what is built from this lock; the beginning of 1970 if there is none. */
    public Instant date() {
        return suites.stream().map(LockedSuite::date).max(Instant::compareTo).orElse(Instant.EPOCH);
    }

    /** The digest of the manifest that the name of an image means, if it is locked. */
    public Optional<Digest> image(String name, Architecture architecture) {
        return Optional.ofNullable(images.get(name)).flatMap(image -> image.manifest(architecture));
    }

    /**
     * The packages of a set, sorted by name.
     *
     * @throws BuildException {@code BAD_INPUT} when the lock does not have the set
     */
    public List<BinaryPackage> packagesOf(Architecture architecture, String set) {
        LockedSet locked = find(architecture, set)
                .orElseThrow(() -> badInput("The lock has no packages for '" + set + "' on " + architecture + ".")
                        .hint(REMEDY));
        return packagesOf(architecture, locked, packages);
    }

    /** Every package of an architecture's sets, sorted by name. */
    public List<BinaryPackage> packagesOf(Architecture architecture) {
        SortedSet<BinaryPackage> all = new TreeSet<>();
        sets.getOrDefault(architecture, Collections.emptySortedMap())
                .values()
                .forEach(set -> all.addAll(packagesOf(architecture, set, packages)));
        return List.copyOf(all);
    }

    /**
     * Checks that this lock is the answer to a request. Sets that the request does not have may stay in it: flavors share a lock.
     *
     * @throws BuildException {@code BAD_INPUT} when an image or a set is missing, or the set was locked for other wanted or excluded packages
     */
    public void requireCovers(LockRequest request) {
        for (String image : request.images()) {
            if (image(image, request.architecture()).isEmpty()) {
                throw badInput("The lock has no image '" + image + "' for " + request.architecture() + ".")
                        .hint(REMEDY);
            }
        }
        for (PackageSet wanted : request.sets()) {
            Optional<LockedSet> locked = find(request.architecture(), wanted.name());
            if (locked.isEmpty()) {
                throw badInput("The lock has no packages for '" + wanted.name() + "' on " + request.architecture()
                                + ".")
                        .hint(REMEDY);
            }
            if (!locked.get().request().equals(wanted)) {
                throw badInput("The lock was made for another '" + wanted.name() + "' (" + request.architecture()
                                + "): " + difference(locked.get().request(), wanted) + ".")
                        .hint(REMEDY);
            }
        }
    }

    private static String difference(PackageSet locked, PackageSet wanted) {
        if (!locked.wanted().equals(wanted.wanted())) {
            return "its packages are now " + changes(locked.wanted(), wanted.wanted());
        }
        if (!locked.exclude().equals(wanted.exclude())) {
            return "its excluded packages are now " + changes(locked.exclude(), wanted.exclude());
        }
        return "dependencies are now "
                + (wanted.dependencies() == PackageSet.Dependencies.FOLLOW ? "followed" : "ignored");
    }

    private static String changes(SortedSet<String> before, SortedSet<String> now) {
        SortedSet<String> changes = new TreeSet<>();
        now.stream().filter(name -> !before.contains(name)).forEach(name -> changes.add("with " + name));
        before.stream().filter(name -> !now.contains(name)).forEach(name -> changes.add("without " + name));
        return String.join(", ", changes);
    }

    private Optional<LockedSet> find(Architecture architecture, String name) {
        return Optional.ofNullable(
                sets.getOrDefault(architecture, Collections.emptySortedMap()).get(name));
    }

    private static List<BinaryPackage> packagesOf(
            Architecture architecture, LockedSet set, SortedSet<BinaryPackage> packages) {
        return set.packages().stream()
                .map(name -> find(packages, name, architecture.debianName())
                        .or(() -> find(packages, name, "all"))
                        .orElseThrow(() -> badInput("the set '" + set.request().name() + "' of " + architecture
                                + " has the package '" + name + "', which the lock does not describe")))
                .toList();
    }

    private static Optional<BinaryPackage> find(Collection<BinaryPackage> packages, String name, String architecture) {
        return packages.stream()
                .filter(binary ->
                        binary.name().equals(name) && binary.architecture().equals(architecture))
                .findFirst();
    }

    private static void requireOneOfEach(SortedSet<BinaryPackage> packages) {
        BinaryPackage previous = null;
        for (BinaryPackage binary : packages) {
            if (previous != null
                    && previous.name().equals(binary.name())
                    && previous.architecture().equals(binary.architecture())) {
                throw badInput("the package " + binary.name() + " (" + binary.architecture() + ") is described twice");
            }
            previous = binary;
        }
    }
}
