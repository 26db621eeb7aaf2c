package dev.osie.build.runtime;

import java.util.Locale;

/** How the trees of images lie in an OSIE. */
public enum ImageLayout {
    /** A layer that several images have is there once, below {@code containers/layers}; roots are overlays over layers. */
    SHARED,
    /** As LinuxKit lays them out: each image's tree as a whole in the bundle of the first container that uses it. */
    FLAT;

    /** The word on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
