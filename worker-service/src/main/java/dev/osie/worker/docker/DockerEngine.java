package dev.osie.worker.docker;

import com.github.dockerjava.api.DockerClient;
import dev.osie.worker.action.Action;
import dev.osie.worker.action.ActionLabels;
import dev.osie.worker.container.ActionContainer;
import dev.osie.worker.container.ContainerEngine;
import dev.osie.worker.image.ImageReference;
import dev.osie.worker.image.ImageStore;
import dev.osie.worker.settings.RegistryLogin;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Docker, by its API. */
public final class DockerEngine implements ContainerEngine {
    private final String socket;
    private final Optional<RegistryLogin> login;
    private Optional<DockerClient> client = Optional.empty();

    public DockerEngine(String socket, Optional<RegistryLogin> login) {
        this.socket = socket;
        this.login = login;
    }

    @Override
    public String name() {
        return "Docker";
    }

    @Override
    public String socket() {
        return socket;
    }

    /** The client, whose classes are loaded only now. */
    DockerClient client() {
        if (client.isEmpty()) {
            client = Optional.of(PromptClient.connect(socket));
        }
        return client.get();
    }

    @Override
    public Optional<RuntimeException> silence() {
        try {
            client().pingCmd().exec();
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(e);
        }
    }

    @Override
    public ImageStore images() {
        return new DockerImages(client(), login);
    }

    @Override
    public List<ActionContainer> leftOvers(String worker) {
        return client()
                .listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(Map.of(ActionLabels.WORKER, worker))
                .exec()
                .stream()
                .map(left -> (ActionContainer) DockerContainer.listed(client(), left))
                .toList();
    }

    @Override
    public DockerContainer create(Action action, ImageReference image) {
        return DockerContainer.create(client(), action, image);
    }

    @Override
    public void close() {
        if (client.isPresent()) {
            try {
                client.get().close();
            } catch (IOException e) {
                // Nothing is asked of it any more.
            }
        }
    }
}
