package dev.osie.build.assemble;

import dev.osie.build.debian.Suite;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockRequest;
import dev.osie.build.platform.Architecture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What has to be in the lock so that something can be built.
 *
 * @param architecture built for
 * @param file the lock
 * @param commands by which it is made
 * @param wanted packages, and the images whose names the store does not know
 * @param tagged every image that is named by a tag
 * @param images finds out what names mean
 */
record LockNeeds(
        Architecture architecture,
        Path file,
        LockCommandLine commands,
        LockRequest wanted,
        SortedSet<String> tagged,
        ImageSupply images) {
    LockNeeds {
        tagged = Collections.unmodifiableSortedSet(new TreeSet<>(tagged));
    }

    /** What a store without a network lacks for making the lock, in words. */
    List<String> missing(DebianSupply supply) {
        List<String> missing = new ArrayList<>();
        if (!wanted.sets().isEmpty()) {
            missing.addAll(supply.missingIndexes(
                    architecture,
                    wanted.sets().stream()
                            .flatMap(set -> set.suite().stream())
                            .distinct()
                            .map(Suite::named)
                            .toList()));
        }
        wanted.images().stream()
                .filter(name -> !images.isAtHand(name))
                .forEach(name -> missing.add("what " + name + " means, which its registry knows"));
        return missing;
    }

    /** What is wanted of this lock: of the names that the store knows it decides about those that it has. */
    LockRequest of(Lock lock) {
        SortedSet<String> names = new TreeSet<>(wanted.images());
        tagged.stream().filter(lock.images()::containsKey).forEach(names::add);
        return new LockRequest(wanted.architecture(), wanted.sets(), names);
    }
}
