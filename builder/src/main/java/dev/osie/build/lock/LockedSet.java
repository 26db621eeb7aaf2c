package dev.osie.build.lock;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A set of packages and what it came to.
 *
 * @param request what was asked for
 * @param packages names of the packages that were found, all of which the lock describes
 */
public record LockedSet(PackageSet request, SortedSet<String> packages) {
    public LockedSet {
        packages = Collections.unmodifiableSortedSet(new TreeSet<>(packages));
    }
}
