package dev.osie.build.spec;

import dev.osie.build.yaml.Position;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A volume of the OSIE, blank or filled from an image.
 *
 * @param image always there when the format is {@link Format#OCI}
 * @param platforms of the image that an OCI layout holds, {@code os/architecture[/variant]}; empty for all
 * @param readonly whether containers can only read it
 */
public record VolumeEntry(
        String name,
        Optional<ImageName> image,
        Format format,
        List<String> platforms,
        boolean readonly,
        Position position) {
    public VolumeEntry {
        platforms = List.copyOf(platforms);
    }

    /** What a volume makes of its image. */
    public enum Format {
        /** The image's files. */
        FILESYSTEM,
        /** The image itself, as an OCI image layout. */
        OCI;

        /** The word in documents. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
