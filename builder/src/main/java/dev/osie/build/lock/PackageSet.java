package dev.osie.build.lock;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.Suite;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Packages that are needed together: those of an image, of a kernel, or a JDK.
 *
 * @param name of the image, or {@code kernel/NAME}, {@code headers/NAME}, {@code jdk/NAME}; unique among the sets of an architecture
 * @param wanted names of the packages, which may be virtual
 * @param exclude names that count as installed and are left out
 * @param dependencies whether what the wanted packages depend on belongs to the set
 * @param suite from which the wanted packages are taken as far as it has them, and what only it has
 */
public record PackageSet(
        String name,
        SortedSet<String> wanted,
        SortedSet<String> exclude,
        Dependencies dependencies,
        Optional<String> suite) {
    private static final Pattern NAME = Pattern.compile("(?=.{1,200}$)[a-z0-9][a-z0-9+._-]*(/[a-z0-9][a-z0-9+._-]*)*");

    /** What becomes of the packages that the wanted ones depend on. */
    public enum Dependencies {
        FOLLOW,
        IGNORE
    }

    public PackageSet {
        if (!NAME.matcher(name).matches()) {
            throw badInput("'" + name
                    + "' cannot name a set of packages: expected lower-case letters, digits, '-', '.', '_', '+'");
        }
        wanted = names(name, wanted);
        exclude = names(name, exclude);
        suite.ifPresent(Suite::named);
    }

    /** Packages of the suites that everything is taken from. */
    public PackageSet(String name, SortedSet<String> wanted, SortedSet<String> exclude, Dependencies dependencies) {
        this(name, wanted, exclude, dependencies, Optional.empty());
    }

    /** The same packages from a suite. */
    public PackageSet from(Optional<String> newSuite) {
        return new PackageSet(name, wanted, exclude, dependencies, newSuite);
    }

    /** The wanted packages with all they depend on, except what is excluded. */
    public static PackageSet closed(String name, Collection<String> wanted, Collection<String> exclude) {
        return new PackageSet(name, new TreeSet<>(wanted), new TreeSet<>(exclude), Dependencies.FOLLOW);
    }

    /** The wanted packages alone. */
    public static PackageSet only(String name, Collection<String> wanted) {
        return new PackageSet(name, new TreeSet<>(wanted), new TreeSet<>(), Dependencies.IGNORE);
    }

    /** Whether a user may mean this set by a name: a recipe's means its JDK, too, and a kernel's its headers. */
    boolean isCalled(String text) {
        return name.equals(text)
                || name.equals("jdk/" + text)
                || name.equals(text.replaceFirst("^kernel/", "headers/"));
    }

    /** In what this differs from what was asked for under the name before. */
    String differenceTo(PackageSet before) {
        if (!before.wanted.equals(wanted)) {
            return "its packages are now " + changes(before.wanted, wanted);
        }
        if (!before.exclude.equals(exclude)) {
            return "its excluded packages are now " + changes(before.exclude, exclude);
        }
        if (!before.suite.equals(suite)) {
            return "its packages are now taken from " + suite.orElse("the suites that everything is taken from");
        }
        return "dependencies are now " + (dependencies == Dependencies.FOLLOW ? "followed" : "ignored");
    }

    private static String changes(SortedSet<String> before, SortedSet<String> now) {
        SortedSet<String> changes = new TreeSet<>();
        now.stream().filter(name -> !before.contains(name)).forEach(name -> changes.add("with " + name));
        before.stream().filter(name -> !now.contains(name)).forEach(name -> changes.add("without " + name));
        return String.join(", ", changes);
    }

    private static SortedSet<String> names(String set, SortedSet<String> names) {
        for (String name : names) {
            if (!BinaryPackage.isName(name)) {
                throw badInput("'" + name + "', which '" + set + "' asks for, is not the name of a Debian package");
            }
        }
        return Collections.unmodifiableSortedSet(new TreeSet<>(names));
    }
}
