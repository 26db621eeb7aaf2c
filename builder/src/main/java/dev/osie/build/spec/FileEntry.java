package dev.osie.build.spec;

import dev.osie.build.yaml.Position;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An entry of {@code files}.
 *
 * @param path without a leading slash; it never leaves the tree
 * @param mode absent for the default, 0600 or for a directory 0700
 */
public record FileEntry(
        String path, Kind kind, OptionalInt mode, Optional<Identity> uid, Optional<Identity> gid, Position position) {
    /** What there is to be at the path. */
    public sealed interface Kind {}

    /** A file with this text. */
    public record Contents(String text) implements Kind {}

    /**
     * A file of the host.
     *
     * @param file relative to the document that names it
     * @param optional whether the entry is left out when there is no such file
     * @param position tells which document names it
     */
    public record Source(String file, boolean optional, Position position) implements Kind {}

    /** A file with the composed document itself, in LinuxKit's terms. */
    public record Metadata(MetadataFormat format) implements Kind {}

    /** How {@link Metadata} is written. */
    public enum MetadataFormat {
        YAML,
        JSON;

        /** The word in documents. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A directory. */
    public record Directory() implements Kind {}

    /** A symbolic link. */
    public record Symlink(String target) implements Kind {}
}
