package dev.osie.build.compose;

import dev.osie.build.yaml.Position;
import java.util.Set;

/**
 * A document that was checked by itself.
 *
 * @param composition what it gives, without what is wrong
 * @param kind what the document is
 * @param open the values of a fragment that have a variable in them which only another document declares
 */
public record Checked(Composition composition, Kind kind, Set<Position> open) {
    public Checked {
        open = Set.copyOf(open);
    }

    /** What a document is by itself. */
    public enum Kind {
        /** A flavor, with its pieces. */
        FLAVOR,
        /** Plain LinuxKit YAML. */
        PLAIN,
        /** A piece or an overlay, which other documents complete. */
        FRAGMENT
    }
}
