package dev.osie.build.debian;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.store.Blob;
import dev.osie.build.tree.TreePath;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A {@code .deb} file of an archive, as a signed index or a lock names it.
 *
 * @param name of the package
 * @param version of the package
 * @param architecture Debian's name, or {@code all}
 * @param archive where its file lies
 * @param path of the file below the archive's root
 * @param deb digest and size of the file, under which the store keeps it
 * @param suite that somebody asked for by name to have the package from it; empty for those that everything is taken from
 */
public record BinaryPackage(
        String name,
        DebianVersion version,
        String architecture,
        Archive archive,
        String path,
        Blob deb,
        Optional<String> suite)
        implements Comparable<BinaryPackage> {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9+.-]+");
    private static final Pattern ARCHITECTURE = Pattern.compile("[a-z0-9][a-z0-9-]*");
    private static final Pattern PATH = Pattern.compile("[A-Za-z0-9][A-Za-z0-9+.~_:%/-]*\\.deb");
    private static final Comparator<BinaryPackage> ORDER = Comparator.comparing(BinaryPackage::name)
            .thenComparing(BinaryPackage::architecture)
            .thenComparing(BinaryPackage::version)
            .thenComparing(binary -> binary.deb.digest())
            .thenComparing(binary -> binary.suite.orElse(""));

    public BinaryPackage {
        require(isName(name), "'" + name + "' is not the name of a Debian package");
        require(
                ARCHITECTURE.matcher(architecture).matches(),
                "'" + architecture + "' is not an architecture of Debian's package " + name);
        require(
                PATH.matcher(path).matches() && TreePath.of(path).equals(path),
                "'" + path + "' is not a path of a package below an archive's root");
        require(deb.size() > 0, "the size " + deb.size() + " of package " + name + " is not positive");
    }

    /** A package of the suites that everything is taken from. */
    public BinaryPackage(
            String name, DebianVersion version, String architecture, Archive archive, String path, Blob deb) {
        this(name, version, architecture, archive, path, deb, Optional.empty());
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw badInput(message);
        }
    }

    /** Whether a text has the form of a package's name (Debian policy §5.6.7). */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** By name, then architecture, then version. */
    @Override
    public int compareTo(BinaryPackage other) {
        return ORDER.compare(this, other);
    }

    /** {@code docker.io 26.1.5+dfsg1-9 (amd64)}. */
    @Override
    public String toString() {
        return name + " " + version + " (" + architecture + ")";
    }
}
