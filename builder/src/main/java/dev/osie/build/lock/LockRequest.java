package dev.osie.build.lock;

import dev.osie.build.platform.Architecture;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * All that a build for one architecture needs from elsewhere.
 *
 * @param sets of Debian packages
 * @param images full names of images, each with a tag, whose digests are to be found out
 */
public record LockRequest(Architecture architecture, List<PackageSet> sets, SortedSet<String> images) {
    public LockRequest {
        sets = List.copyOf(sets);
        images = Collections.unmodifiableSortedSet(new TreeSet<>(images));
    }

    /** Packages only. */
    public LockRequest(Architecture architecture, List<PackageSet> sets) {
        this(architecture, sets, Collections.emptySortedSet());
    }

    /** Whether a set is among those that are asked for. */
    boolean wants(Architecture other, String set) {
        return architecture == other
                && sets.stream().anyMatch(wanted -> wanted.name().equals(set));
    }

    public boolean isEmpty() {
        return sets.isEmpty() && images.isEmpty();
    }
}
