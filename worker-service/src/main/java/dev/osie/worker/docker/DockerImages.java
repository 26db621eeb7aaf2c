package dev.osie.worker.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.UnauthorizedException;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.PullResponseItem;
import dev.osie.worker.action.Deadline;
import dev.osie.worker.action.Deadline.OutOfTime;
import dev.osie.worker.image.ImageReference;
import dev.osie.worker.image.ImageStore;
import dev.osie.worker.image.PullFailure;
import dev.osie.worker.settings.RegistryLogin;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Docker's images. The login goes to its own registry and to no other. */
final class DockerImages implements ImageStore {
    /** A pull of which nothing was heard for so long is begun again. */
    private static final Duration SILENCE = Duration.ofMinutes(5);

    private final DockerClient docker;
    private final Optional<RegistryLogin> login;

    DockerImages(DockerClient docker, Optional<RegistryLogin> login) {
        this.docker = docker;
        this.login = login;
    }

    @Override
    public boolean isEmbedded(ImageReference image) {
        return local(image).map(InspectImageResponse::getRepoTags).orElse(List.of()).stream()
                .anyMatch(name -> name.startsWith(EMBEDDED));
    }

    @Override
    public boolean isHere(ImageReference image) {
        return local(image).isPresent();
    }

    /** What Docker has by that name. */
    private Optional<InspectImageResponse> local(ImageReference image) {
        try {
            return Optional.of(docker.inspectImageCmd(image.pullable()).exec());
        } catch (NotFoundException | BadRequestException e) {
            return Optional.empty();
        }
    }

    @Override
    public void pull(ImageReference image, Deadline deadline) throws PullFailure, OutOfTime, InterruptedException {
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
                    throw failed(new IllegalStateException(
                            "the registry sent nothing for " + SILENCE.toMinutes() + " minutes"));
                }
            }
            Optional<Throwable> outcome = pull.outcome();
            if (outcome.isPresent()) {
                throw failed(outcome.get());
            }
        }
    }

    private static PullFailure failed(Throwable failure) {
        boolean lasting = failure instanceof NotFoundException
                || failure instanceof BadRequestException
                || failure instanceof UnauthorizedException;
        return new PullFailure(failure, lasting);
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
