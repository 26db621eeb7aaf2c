package dev.osie.build.debian;

import static dev.osie.build.failure.BuildException.badInput;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A suite of an archive and the parts of it that are used.
 *
 * @param name its directory below {@code dists}, which is also its code name
 * @param components such as {@code main}
 */
public record Suite(Archive archive, String name, List<String> components) {
    /**
     * What the content of an OSIE comes from. {@code trixie-updates} is left out: what it brings between two point releases (time zones,
     * virus definitions) is of no use here.
     */
    public static final List<Suite> DEFAULT = List.of(
            new Suite(Archive.DEBIAN, "trixie", List.of("main", "non-free-firmware")),
            new Suite(Archive.SECURITY, "trixie-security", List.of("main", "non-free-firmware")));

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,60}");

    public Suite {
        components = List.copyOf(components);
    }

    /**
     * A suite that a document names, such as {@code trixie-backports}, of the archive that has all but the security updates.
     *
     * @throws dev.osie.build.failure.BuildException {@code BAD_INPUT} when that cannot be the name of one
     */
    public static Suite named(String name) {
        if (!NAME.matcher(name).matches()) {
            throw badInput("'" + name + "' cannot be the name of a suite: expected one such as trixie-backports");
        }
        if (DEFAULT.stream().anyMatch(suite -> suite.name().equals(name))) {
            throw badInput("'" + name + "' is a suite that everything is taken from: expected another, such as "
                    + "trixie-backports");
        }
        return new Suite(Archive.DEBIAN, name, DEFAULT.get(0).components());
    }

    String directory() {
        return "dists/" + name;
    }

    @Override
    public String toString() {
        return name;
    }
}
