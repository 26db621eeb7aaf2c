package dev.osie.build.debian;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Packages of a lock that keep their version while others move. One is released when a package that moves cannot do with it. What a
 * version needs that the suites no longer have stands in the package itself, so that is read then.
 */
public final class Holds {
    private final SortedMap<String, BinaryPackage> held = new TreeMap<>();
    private final SortedMap<String, String> released = new TreeMap<>();
    private final Map<String, Candidate> candidates = new HashMap<>();
    private final Function<BinaryPackage, byte[]> control;

    /**
     * Holds packages, of which each name is there once.
     *
     * @param control gets the control file of a package
     */
    public Holds(Collection<BinaryPackage> packages, Function<BinaryPackage, byte[]> control) {
        packages.forEach(binary -> held.put(binary.name(), binary));
        this.control = control;
    }

    /** Holds nothing. */
    public static Holds none() {
        return new Holds(List.of(), binary -> new byte[0]);
    }

    /** Why packages had to be released, by their names. */
    public SortedMap<String, String> released() {
        return Collections.unmodifiableSortedMap(released);
    }

    Optional<Candidate> candidate(String name, PackageIndex index) {
        return Optional.ofNullable(held.get(name))
                .map(binary -> candidates.computeIfAbsent(name, any -> understand(binary, index)));
    }

    private Candidate understand(BinaryPackage binary, PackageIndex index) {
        return index.candidate(binary.name())
                .filter(candidate -> candidate.binary().deb().equals(binary.deb()))
                .orElseGet(() -> PackageIndex.understand(binary, control.apply(binary)));
    }

    /** The held packages of which the suites have no version any more. */
    List<Candidate> departed(PackageIndex index) {
        return held.keySet().stream()
                .filter(name -> !index.names().contains(name))
                .flatMap(name -> candidate(name, index).stream())
                .toList();
    }

    /** Lets the first of the names move that is held and can; none of them when the result is false. */
    boolean release(Collection<String> names, PackageIndex index, String reason) {
        for (String name : names) {
            BinaryPackage binary = held.get(name);
            boolean moves = binary != null
                    && index.candidate(name)
                            .filter(newest -> !newest.binary().deb().equals(binary.deb()))
                            .isPresent();
            if (moves) {
                held.remove(name);
                candidates.remove(name);
                released.put(name, reason);
                return true;
            }
        }
        return false;
    }
}
