package dev.osie.build.debian;

import java.util.List;

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

    public Suite {
        components = List.copyOf(components);
    }

    String directory() {
        return "dists/" + name;
    }

    @Override
    public String toString() {
        return name;
    }
}
