package dev.osie.worker.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.UnauthorizedException;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.PullResponseItem;
import dev.osie.worker.console.Console;
import dev.osie.worker.docker.Deadline.OutOfTime;
import dev.osie.worker.retry.Backoff;
import dev.osie.worker.settings.PullPolicy;
import dev.osie.worker.settings.RegistryLogin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Gets an action's image into Docker: the one that came with the system, else, as the policy says, one pulled afresh from a mirror or
 * its own registry, or the one that is there already. The login goes to its own registry and to no other.
 */
final class ImagePuller {
    private static final int ATTEMPTS = 5;

    /** A name that the builder gives, beside their own, to the images it puts into the system. */
    private static final String EMBEDDED = "osie-build/embedded:";

    /** A pull of which nothing was heard for so long is begun again. */
    private static final Duration SILENCE = Duration.ofMinutes(5);

    private final DockerClient docker;
    private final ImageSources sources;
    private final Console console;

    ImagePuller(DockerClient docker, ImageSources sources, Console console) {
        this.docker = docker;
        this.sources = sources;
        this.console = console;
    }

    /**
     * Has the image ready.
     *
     * @param action how messages call the action
     * @return the name that Docker has it by: its own or that of a mirror
     */
    ImageReference provide(ImageReference image, String action, Deadline deadline)
            throws ActionFailure, OutOfTime, InterruptedException {
        if (isEmbedded(image)) {
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
                Optional<Throwable> failure = pull(candidate, deadline);
                if (failure.isEmpty()) {
                    return candidate;
                }
                last = new ActionFailure("can't pull " + candidate, failure.get());
                if (attempt == ATTEMPTS || isFinal(failure.get())) {
                    open.remove(candidate);
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

    private Optional<Throwable> pull(ImageReference image, Deadline deadline) throws OutOfTime, InterruptedException {
        PullImageCmd command = docker.pullImageCmd(image.pullable());
        Optional<RegistryLogin> login = sources.login();
        if (login.isPresent() && login.get().host().equalsIgnoreCase(image.registry())) {
            command.withAuthConfig(new AuthConfig()
                    .withRegistryAddress(login.get().host())
                    .withUsername(login.get().user())
                    .withPassword(login.get().password()));
        }
        try (Pull pull = command.exec(new Pull())) {
            while (!pull.await(Math.min(1000, deadline.millisLeft()))) {
                if (pull.silence().compareTo(SILENCE) > 0) {
                    return Optional.of(new IllegalStateException(
                            "the registry sent nothing for " + SILENCE.toMinutes() + " minutes"));
                }
            }
            return pull.outcome();
        }
    }

    /** Whether another try would end alike: the registry has no such image or wants another login. */
    private static boolean isFinal(Throwable failure) {
        return failure instanceof NotFoundException
                || failure instanceof BadRequestException
                || failure instanceof UnauthorizedException;
    }

    private boolean isEmbedded(ImageReference image) {
        return local(image).map(InspectImageResponse::getRepoTags).orElse(List.of()).stream()
                .anyMatch(name -> name.startsWith(EMBEDDED));
    }

    /** The first of these that Docker has. */
    private Optional<ImageReference> here(List<ImageReference> candidates) {
        return candidates.stream()
                .filter(candidate -> local(candidate).isPresent())
                .findFirst();
    }

    /** What Docker has by that name. */
    private Optional<InspectImageResponse> local(ImageReference image) {
        try {
            return Optional.of(docker.inspectImageCmd(image.pullable()).exec());
        } catch (NotFoundException | BadRequestException e) {
            return Optional.empty();
        }
    }

    private static final class Pull extends StreamedAnswer<PullResponseItem> {
        private volatile long heardNanos = System.nanoTime();
        private volatile Optional<Throwable> error = Optional.empty();

        @Override
        public void onNext(PullResponseItem item) {
            heardNanos = System.nanoTime();
            PullResponseItem.ErrorDetail detail = item.getErrorDetail();
            if (detail != null && error.isEmpty()) {
                error = Optional.of(new IllegalStateException(String.valueOf(detail.getMessage())));
            }
        }

        Duration silence() {
            return Duration.ofNanos(System.nanoTime() - heardNanos);
        }

        /** Docker reports most failures of a pull in the text of an answer that begins with "200 OK". */
        Optional<Throwable> outcome() {
            return error.isPresent() ? error : failure();
        }
    }
}
