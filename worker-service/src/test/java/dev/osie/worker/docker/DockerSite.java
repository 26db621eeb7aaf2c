package dev.osie.worker.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import dev.osie.worker.certificate.SelfSigned;
import dev.osie.worker.console.Console;
import dev.osie.worker.container.EngineSite;
import dev.osie.worker.settings.RegistryLogin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A real Docker daemon and a registry; they need docker.io and busybox-static. */
public final class DockerSite implements EngineSite {
    private final SelfSigned certificate;
    private final ImageRegistry registry;
    private final DockerDaemon daemon;

    /** @param directory an empty directory with a short path */
    public DockerSite(Path directory) throws Exception {
        certificate = new SelfSigned(Files.createDirectory(directory.resolve("c")));
        registry = ImageRegistry.open(certificate);
        daemon = DockerDaemon.start(Files.createDirectory(directory.resolve("d")));
    }

    @Override
    public SelfSigned certificate() {
        return certificate;
    }

    @Override
    public ImageRegistry registry() {
        return registry;
    }

    DockerClient client() {
        return daemon.client();
    }

    @Override
    public DockerEngine engine(Optional<RegistryLogin> login, Console console) {
        return new DockerEngine(daemon.socket(), login);
    }

    @Override
    public DockerEngine engineAt(String socket) {
        return new DockerEngine(socket, Optional.empty());
    }

    @Override
    public String socket() {
        return daemon.socket();
    }

    @Override
    public List<String> flags() {
        return List.of("-docker-socket", daemon.socket());
    }

    @Override
    public List<String> containers() throws IOException {
        try (DockerClient client = client()) {
            return client.listContainersCmd().withShowAll(true).exec().stream()
                    .map(container -> container.getNames()[0].substring(1))
                    .toList();
        }
    }

    @Override
    public void awaitEnd() throws Exception {
        try (DockerClient client = client()) {
            while (!client.listContainersCmd().exec().isEmpty()) {
                Thread.sleep(50);
            }
        }
    }

    @Override
    public void tag(String name) throws IOException {
        int tag = name.lastIndexOf(':');
        try (DockerClient client = client()) {
            client.tagImageCmd(registry.busybox(), name.substring(0, tag), name.substring(tag + 1))
                    .exec();
        }
    }

    @Override
    public void untag(String name) throws IOException {
        try (DockerClient client = client()) {
            client.removeImageCmd(name).exec();
        }
    }

    @Override
    public void crash() throws Exception {
        daemon.crash();
    }

    @Override
    public void assertNothingIsLeft() throws IOException {
        assertThat(containers()).isEmpty();
    }

    @Override
    public void stop() throws Exception {
        daemon.stop();
        registry.close();
    }
}
