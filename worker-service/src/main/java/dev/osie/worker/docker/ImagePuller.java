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
import dev.osie.worker.settings.RegistryLogin;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Gets an action's image into Docker: the one that came with the system, else one pulled afresh if that can be done, else the one that is
 * there already. The login goes to its own registry and to no other.
 */
final class ImagePuller {
    private static final int ATTEMPTS = 5;

    /** A name that the builder gives, beside their own, to the images it puts into the system. */
    private static final String EMBEDDED = "osie-build/embedded:";

    /** A pull of which nothing was heard for so long is begun again. */
    private static final Duration SILENCE = Duration.ofMinutes(5);

    private final DockerClient docker;
    private final Optional<RegistryLogin> login;
    private final Console console;

    ImagePuller(DockerClient docker, Optional<RegistryLogin> login, Console console) {
        this.docker = docker;
        this.login = login;
        this.console = console;
    }

    /**
     * Has the image ready.
     *
     * @param action how messages call the action
     */
    void provide(ImageReference image, String action, Deadline deadline)
            throws ActionFailure, OutOfTime, InterruptedException {
        if (isEmbedded(image)) {
            console.line(action + ": " + image + " came with the system");
            return;
        }
        if (image.isOfTheSystem()) {
            throw new ActionFailure("this system has no image " + image + ", and names in osie-build/ are not pulled");
        }
        console.line(action + ": pulling " + image);
        Backoff pause = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(8));
        ActionFailure last = null;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<Throwable> failure = pull(image, deadline);
            if (failure.isEmpty()) {
                return;
            }
            ActionFailure now = new ActionFailure("can't pull " + image, failure.get());
            boolean news = last == null || !last.getMessage().equals(now.getMessage());
            last = now;
            if (isFinal(failure.get())) {
                break;
            }
            if (attempt < ATTEMPTS) {
                if (news) {
                    console.line(action + ": " + now.getMessage() + "; trying again");
                }
                deadline.sleep(pause.nextMillis());
            }
        }
        if (local(image).isEmpty()) {
            throw last;
        }
        console.line(action + ": " + last.getMessage() + "; taking the image that is here");
    }

    private Optional<Throwable> pull(ImageReference image, Deadline deadline) throws OutOfTime, InterruptedException {
        PullImageCmd command = docker.pullImageCmd(image.pullable());
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
