package dev.osie.worker.image;

import dev.osie.worker.action.Deadline;
import dev.osie.worker.action.Deadline.OutOfTime;

/** The images that a container runtime has, and those it can get. */
public interface ImageStore {
    /** A name that the builder gives, beside their own, to the images it puts into the system. */
    String EMBEDDED = "osie-build/embedded:";

    /** Has the images that came with the system ready, unless the runtime's own start has seen to that. */
    default void prepare(Deadline deadline) throws OutOfTime, InterruptedException {}

    /** Whether the image of this name came with the system. */
    boolean isEmbedded(ImageReference image);

    /** Whether there is an image of this name that a container can be made of. */
    boolean isHere(ImageReference image);

    /** Gets the image from its registry, whether it is here or not. */
    void pull(ImageReference image, Deadline deadline) throws PullFailure, OutOfTime, InterruptedException;
}
