package dev.osie.build.initramfs;

import dev.osie.build.tree.Attributes;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a unit's segment must do differently because of the other units, so that the kernel, which knows no layers, unpacks what laying
 * them over each other means.
 *
 * @param left paths to leave out
 * @param moved paths whose parent is a symbolic link of another unit, and where they lie in truth
 * @param directories mode and owner of directories that the unit only implies and another one puts; their mtime is 0, so that it
 *     doesn't count
 */
record Amendment(SortedSet<String> left, SortedMap<String, String> moved, SortedMap<String, Attributes> directories) {
    /** What a directory has when no unit puts it. */
    static final Attributes IMPLIED = Attributes.root(0755, 0);

    static final Amendment NONE = new Amendment(new TreeSet<>(), new TreeMap<>(), new TreeMap<>());

    Amendment {
        left = Collections.unmodifiableSortedSet(left);
        moved = Collections.unmodifiableSortedMap(moved);
        directories = Collections.unmodifiableSortedMap(directories);
    }

    /** Where the segment has what the unit places at the path; empty when it leaves it out. */
    Optional<String> place(String path) {
        return left.contains(path) ? Optional.empty() : Optional.of(moved.getOrDefault(path, path));
    }
}
