package dev.osie.worker.image;

import dev.osie.worker.action.ActionFailure;
import dev.osie.worker.action.Deadline;
import dev.osie.worker.action.Deadline.OutOfTime;
import dev.osie.worker.console.Console;
import dev.osie.worker.retry.Backoff;
import dev.osie.worker.settings.PullPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Gets an action's image into the store of a runtime: the one that came with the system, else, as the policy says, one pulled afresh from a
 * mirror or its own registry, or the one that is there already.
 */
public final class ImagePuller {
    private static final int ATTEMPTS = 5;

    private final ImageStore images;
    private final ImageSources sources;
    private final Console console;

    public ImagePuller(ImageStore images, ImageSources sources, Console console) {
        this.images = images;
        this.sources = sources;
        this.console = console;
    }

    /**
     * Has the image ready.
     *
     * @param action how messages call the action
     * @return the name that the store has it by: its own or that of a mirror
     */
    public ImageReference provide(ImageReference image, String action, Deadline deadline)
            throws ActionFailure, OutOfTime, InterruptedException {
        images.prepare(deadline);
        if (images.isEmbedded(image)) {
            console.line(action + ": " + image + " came with the system");
            return image;
        }
        if (image.isOfTheSystem()) {
            throw new ActionFailure("this system has no image " + image + ", and names in osie-build/ are not pulled");
        }
        List<ImageReference> candidates = image.candidates(sources.mirrors());
        if (sources.policy() != PullPolicy.ALWAYS) {
            Optional<ImageReference> here = here(candidates);
            if (here.isPresent()) {
                console.line(action + ": " + here.get() + " is here");
                return here.get();
            }
        }
        if (sources.policy() == PullPolicy.NEVER) {
            throw new ActionFailure("there is no image " + image + " here, and image_pull is never");
        }
        try {
            return pull(candidates, action, deadline);
        } catch (ActionFailure failure) {
            Optional<ImageReference> here = here(candidates);
            if (here.isEmpty()) {
                throw failure;
            }
            console.line(action + ": " + failure.getMessage() + "; taking the image that is here");
            return here.get();
        }
    }

    /** Asks each in turn, and those that may answer otherwise again and again. */
    private ImageReference pull(List<ImageReference> candidates, String action, Deadline deadline)
            throws ActionFailure, OutOfTime, InterruptedException {
        List<ImageReference> open = new ArrayList<>(candidates);
        Backoff pause = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(8));
        Set<String> said = new HashSet<>();
        ActionFailure last = new ActionFailure("nothing to pull");
        for (int attempt = 1; !open.isEmpty(); attempt++) {
            for (ImageReference candidate : List.copyOf(open)) {
                if (attempt == 1) {
                    console.line(action + ": pulling " + candidate);
                }
                try {
                    images.pull(candidate, deadline);
                    return candidate;
                } catch (PullFailure failure) {
                    last = new ActionFailure("can't pull " + candidate, failure);
                    if (attempt == ATTEMPTS || failure.isLasting()) {
                        open.remove(candidate);
                    }
                }
                if (!open.isEmpty() && said.add(last.getMessage())) {
                    boolean next = open.indexOf(candidate) < open.size() - 1;
                    console.line(action + ": " + last.getMessage() + (next ? "; trying the next" : "; trying again"));
                }
            }
            if (!open.isEmpty()) {
                deadline.sleep(pause.nextMillis());
            }
        }
        throw last;
    }

    /** The first of these that is here. */
    private Optional<ImageReference> here(List<ImageReference> candidates) {
        return candidates.stream().filter(images::isHere).findFirst();
    }
}
