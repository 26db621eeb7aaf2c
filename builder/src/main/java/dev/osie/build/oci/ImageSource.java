package dev.osie.build.oci;

import dev.osie.build.platform.Architecture;
import java.util.List;
import java.util.Optional;

/**
 * One image at the place it comes from: a registry, an image layout, an archive, or a Docker daemon. Whatever the place, what is handed on
 * was compared with every digest and size that is known of it.
 *
 * <p>Methods throw {@link dev.osie.build.failure.BuildException}: {@code UNAVAILABLE} when there is no such image or the place can't be
 * reached, {@code VERIFICATION} when something is not what its digest says, {@code BAD_INPUT} when the place isn't what it should be.
 */
public interface ImageSource extends AutoCloseable {
    /** What it is called there, in full; empty when it has no name, or none that a document could use. */
    Optional<Reference> name();

    /** What there is an image for, in the order of the source. */
    List<Platform> platforms();

    /** What the image consists of. */
    ImageOutline outline(Architecture architecture);

    /**
     * Brings the image into the store, without a name there.
     *
     * @return the image by the manifest that it has in the store
     */
    Image fetch(Architecture architecture);

    @Override
    void close();
}
