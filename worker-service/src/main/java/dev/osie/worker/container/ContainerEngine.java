package dev.osie.worker.container;

import dev.osie.worker.action.Action;
import dev.osie.worker.action.ActionFailure;
import dev.osie.worker.image.ImageReference;
import dev.osie.worker.image.ImageStore;
import java.util.List;
import java.util.Optional;

/** A program that runs containers, such as Docker. Nothing is asked of it before it is needed; what fails is an unchecked exception. */
public interface ContainerEngine extends AutoCloseable {
    /** What people call it. */
    String name();

    /** Path of the Unix socket where it listens or will listen. */
    String socket();

    /** Why it doesn't answer; empty when it does. */
    Optional<RuntimeException> silence();

    /** Its images. */
    ImageStore images();

    /** Every container that an earlier life of this worker made. */
    List<ActionContainer> leftOvers(String worker);

    /** Creates an action's container, after removing what has been left under the same name. */
    ActionContainer create(Action action, ImageReference image) throws ActionFailure;

    @Override
    void close();
}
