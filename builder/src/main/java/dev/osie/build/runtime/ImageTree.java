package dev.osie.build.runtime;

import dev.osie.build.spec.ImageName;
import java.util.List;

/**
 * The tree of an image, and where in the OSIE it lies as a whole.
 *
 * @param directory without a leading slash
 * @param platforms of an image layout; empty for all
 */
public record ImageTree(ImageName image, String directory, Form form, List<String> platforms) {
    public ImageTree {
        platforms = List.copyOf(platforms);
    }

    /** What is made of the image. */
    public enum Form {
        /** Its files, as a container has them. */
        CONTAINER,
        /** Its files, as a volume has them. */
        VOLUME,
        /** The image itself (OCI image specification, "Image Layout"). */
        OCI_LAYOUT
    }
}
