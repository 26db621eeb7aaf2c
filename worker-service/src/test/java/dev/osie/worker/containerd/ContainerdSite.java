package dev.osie.worker.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.certificate.SelfSigned;
import dev.osie.worker.console.Console;
import dev.osie.worker.container.EngineSite;
import dev.osie.worker.docker.ImageRegistry;
import dev.osie.worker.settings.ContainerdSettings;
import dev.osie.worker.settings.RegistryLogin;
import dev.osie.worker.settings.RegistryProxies;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A real containerd and a registry; they need containerd and busybox-static. */
public final class ContainerdSite implements EngineSite {
    private final SelfSigned certificate;
    private final ImageRegistry registry;
    private final ContainerdDaemon daemon;

    /** @param directory an empty directory with a short path */
    public ContainerdSite(Path directory) throws Exception {
        certificate = new SelfSigned(Files.createDirectory(directory.resolve("c")));
        registry = ImageRegistry.open(certificate);
        daemon = ContainerdDaemon.start(Files.createDirectory(directory.resolve("d")));
    }

    @Override
    public SelfSigned certificate() {
        return certificate;
    }

    @Override
    public ImageRegistry registry() {
        return registry;
    }

    ContainerdDaemon daemon() {
        return daemon;
    }

    ContainerdSettings settings(URI... hubMirrors) {
        return new ContainerdSettings(
                daemon.socket(), daemon.namespace(), List.of(hubMirrors), List.of(), RegistryProxies.NONE);
    }

    @Override
    public ContainerdEngine engine(Optional<RegistryLogin> login, Console console) {
        return new ContainerdEngine(settings(), login, console);
    }

    @Override
    public ContainerdEngine engineAt(String socket) {
        ContainerdSettings elsewhere =
                new ContainerdSettings(socket, daemon.namespace(), List.of(), List.of(), RegistryProxies.NONE);
        return new ContainerdEngine(elsewhere, Optional.empty(), new Console(OutputStream.nullOutputStream()));
    }

    @Override
    public String socket() {
        return daemon.socket();
    }

    @Override
    public List<String> flags() {
        return List.of(
                "-runtime",
                "containerd",
                "-containerd-socket",
                daemon.socket(),
                "-containerd-namespace",
                daemon.namespace());
    }

    @Override
    public List<String> containers() throws Exception {
        return daemon.ctr("containers", "list", "--quiet").lines().toList();
    }

    @Override
    public void awaitEnd() throws Exception {
        while (daemon.ctr("tasks", "list").contains("RUNNING")) {
            Thread.sleep(50);
        }
    }

    @Override
    public void tag(String name) throws Exception {
        daemon.ctr("images", "tag", registry.busybox(), name);
    }

    @Override
    public void untag(String name) throws Exception {
        daemon.ctr("images", "remove", name);
    }

    @Override
    public void crash() throws Exception {
        daemon.crash();
    }

    @Override
    public void assertNothingIsLeft() throws Exception {
        assertThat(daemon.ctr("tasks", "list", "--quiet")).isEmpty();
        assertThat(containers()).isEmpty();
        assertThat(daemon.ctr("leases", "list", "--quiet")).isEmpty();
        assertThat(daemon.ctr("snapshots", "list")).doesNotContain("Active");
    }

    @Override
    public void stop() throws Exception {
        daemon.stop();
        registry.close();
    }
}
