package dev.osie.build.lock;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A lock that was made from another.
 *
 * @param forced why packages moved that nobody named, by their names
 */
public record Resolved(Lock lock, SortedMap<String, String> forced) {
    public Resolved {
        forced = Collections.unmodifiableSortedMap(new TreeMap<>(forced));
    }
}
