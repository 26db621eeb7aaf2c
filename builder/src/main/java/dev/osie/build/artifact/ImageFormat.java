package dev.osie.build.artifact;

import static dev.osie.build.failure.BuildException.badInput;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The forms in which images are written. */
public enum ImageFormat {
    /** A folder with an image layout. */
    OCI,
    /** An image layout as a tar archive. */
    OCI_ARCHIVE,
    /** What {@code docker load} reads. */
    DOCKER_ARCHIVE;

    /**
     * Reads the word of the command line.
     *
     * @throws dev.osie.build.failure.BuildException when there is no such format
     */
    public static ImageFormat parse(String text) {
        return Arrays.stream(values())
                .filter(format -> format.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> badInput("'" + text + "' is not a format of images: expected "
                        + Arrays.stream(values()).map(ImageFormat::toString).collect(Collectors.joining(" or "))));
    }

    /** The word on the command line, which is skopeo's too. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
