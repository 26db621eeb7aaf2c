package dev.osie.build.runtime;

import static dev.osie.build.failure.BuildException.badInput;

import java.util.Arrays;
import java.util.Locale;

/** How the trees of images lie in an OSIE. */
public enum ImageLayout {
    /** A layer that several images have is there once, below {@code containers/layers}; roots are overlays over layers. */
    SHARED,
    /** As LinuxKit lays them out: each image's tree as a whole in the bundle of the first container that uses it. */
    FLAT;

    /**
     * Reads the word of the command line.
     *
     * @throws dev.osie.build.failure.BuildException when there is no such layout
     */
    public static ImageLayout parse(String text) {
        return Arrays.stream(values())
                .filter(layout -> layout.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> badInput("'" + text + "' is not a layout: expected shared or flat"));
    }

    /** The word on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
