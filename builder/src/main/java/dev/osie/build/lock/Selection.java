package dev.osie.build.lock;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.debian.Archive;
import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.yaml.Suggestion;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What of a lock may move to what there is today.
 *
 * @param everything whether all of it may
 * @param packages names of packages that may
 * @param archives whose suites' packages may
 * @param images names of images that may
 */
public record Selection(
        boolean everything, SortedSet<String> packages, SortedSet<Archive> archives, SortedSet<String> images) {
    private static final String RECIPE = "@image:";

    /** What is locked stays; only what is missing is looked for. */
    public static final Selection NOTHING = new Selection(
            false, Collections.emptySortedSet(), Collections.emptySortedSet(), Collections.emptySortedSet());

    public static final Selection EVERYTHING = new Selection(
            true, Collections.emptySortedSet(), Collections.emptySortedSet(), Collections.emptySortedSet());

    public Selection {
        packages = Collections.unmodifiableSortedSet(new TreeSet<>(packages));
        archives = Collections.unmodifiableSortedSet(new TreeSet<>(archives));
        images = Collections.unmodifiableSortedSet(new TreeSet<>(images));
    }

    /**
     * What the names mean in a lock. {@code @image:NAME} is the recipe; a name alone is a package, or else a recipe, a kernel or another
     * set of packages, or else a suite, or else an image. A set means its packages, a suite all that come from it.
     *
     * @throws dev.osie.build.failure.BuildException {@code BAD_INPUT} when nothing has a name
     */
    public static Selection of(Lock lock, Collection<String> names) {
        SortedSet<String> packages = new TreeSet<>();
        SortedSet<Archive> archives = new TreeSet<>();
        SortedSet<String> images = new TreeSet<>();
        for (String name : names) {
            List<LockedSet> sets = sets(lock, name.startsWith(RECIPE) ? name.substring(RECIPE.length()) : name);
            List<LockedSuite> suites = lock.suites().stream()
                    .filter(suite -> suite.name().equals(name))
                    .toList();
            List<LockedImage> called = lock.images().values().stream()
                    .filter(image -> image.isCalled(name))
                    .toList();
            if (lock.packages().stream().anyMatch(binary -> binary.name().equals(name))) {
                packages.add(name);
            } else if (!sets.isEmpty()) {
                sets.forEach(set -> packages.addAll(set.packages()));
            } else if (!suites.isEmpty() && lock.packages().stream().anyMatch(binary -> isOf(binary, name))) {
                lock.packages().stream()
                        .filter(binary -> isOf(binary, name))
                        .forEach(binary -> packages.add(binary.name()));
            } else if (!suites.isEmpty()) {
                suites.forEach(suite -> archives.add(suite.archive()));
            } else if (!called.isEmpty()) {
                called.forEach(image -> images.add(image.name()));
            } else {
                throw unknown(lock, name);
            }
        }
        return new Selection(false, packages, archives, images);
    }

    private static boolean isOf(BinaryPackage binary, String suite) {
        return binary.suite().equals(Optional.of(suite));
    }

    private static List<LockedSet> sets(Lock lock, String name) {
        return lock.sets().values().stream()
                .flatMap(sets -> sets.values().stream())
                .filter(set -> set.request().isCalled(name))
                .toList();
    }

    public boolean movesImage(String name) {
        return everything || images.contains(name);
    }

    private static RuntimeException unknown(Lock lock, String name) {
        return badInput("Nothing in the lock is called '" + name
                        + "': expected a package, a recipe or kernel, a suite, or an image"
                        + Suggestion.closest(name, names(lock))
                                .map(closest -> " — did you mean '" + closest + "'?")
                                .orElse("."))
                .hint("A flavor stands before --update: osie-build lock FLAVOR --update NAME");
    }

    private static SortedSet<String> names(Lock lock) {
        SortedSet<String> names = new TreeSet<>();
        lock.packages().forEach(binary -> names.add(binary.name()));
        lock.sets().values().forEach(sets -> names.addAll(sets.keySet()));
        lock.suites().forEach(suite -> names.add(suite.name()));
        names.addAll(lock.images().keySet());
        return names;
    }
}
