package dev.osie.worker.containerd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.action.Outcome;
import dev.osie.worker.console.Console;
import dev.osie.worker.container.ContainerRuntime;
import dev.osie.worker.container.TestAction;
import dev.osie.worker.image.ImageSources;
import dev.osie.worker.settings.ContainerdSettings;
import dev.osie.worker.settings.PullPolicy;
import dev.osie.worker.settings.SettingsReader;
import dev.osie.worker.workflow.ConnectProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pulls from registries whose names nobody knows but a proxy; they need docker-registry and skopeo. */
@Tag("tools")
@Timeout(60)
class ContainerdProxyTest {
    private static final String REGISTRY = "registry.invalid:5000";

    @TempDir
    private static Path siteDirectory;

    private static ContainerdSite site;

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @BeforeAll
    static void start() throws Exception {
        site = new ContainerdSite(siteDirectory);
    }

    @AfterAll
    static void stop() throws Exception {
        site.stop();
    }

    @Test
    void anImageComesThroughTheTunnelOfAProxyWithALogin() throws Exception {
        int port = Integer.parseInt(site.registry().host().replaceFirst(".*:", ""));
        try (ConnectProxy proxy = ConnectProxy.withLogin(port, "u", "s3cret")) {
            assertThat(run(proxy, "u:s3cret@")).isEqualTo(Outcome.success());

            assertThat(proxy.requests()).allMatch(request -> request.startsWith("CONNECT " + REGISTRY + " "));
            assertThat(output.toString(UTF_8)).contains("step | through").doesNotContain("s3cret");
        }
    }

    @Test
    void anImageOfDebiansRegistryInTheClearComesThroughAProxyWithALogin() throws Exception {
        try (DockerRegistry registry = DockerRegistry.open(directory.resolve("r"));
                ConnectProxy proxy = ConnectProxy.withLogin(registry.port(), "u", "s3cret")) {
            registry.copy(site.registry().busybox(), "test/busybox:1");

            assertThat(run(proxy, "u:s3cret@")).isEqualTo(Outcome.success());

            assertThat(proxy.requests())
                    .anyMatch(request -> request.startsWith("GET http://" + REGISTRY + "/v2/test/busybox/blobs/"));
            assertThat(registry.requests()).contains("200 /v2/test/busybox/manifests/1");
            assertThat(output.toString(UTF_8)).contains("step | through").doesNotContain("s3cret");
        }
    }

    private Outcome run(ConnectProxy proxy, String login) throws Exception {
        ContainerdEngine engine = new ContainerdEngine(settings(proxy, login), Optional.empty(), new Console(output));
        ImageSources sources = new ImageSources(Optional.empty(), PullPolicy.ALWAYS, List.of());
        try (ContainerRuntime runtime = new ContainerRuntime(engine, sources, false, new Console(output))) {
            return runtime.run(TestAction.of(REGISTRY + "/test/busybox:1")
                    .command("echo", "through")
                    .build());
        }
    }

    private ContainerdSettings settings(ConnectProxy proxy, String login) throws IOException {
        String address = "http://" + login + "127.0.0.1:" + proxy.port();
        Path kernel = Files.writeString(
                directory.resolve("cmdline"),
                "worker_runtime=containerd containerd_namespace="
                        + site.daemon().namespace() + " containerd_socket="
                        + site.socket() + " insecure_registries=" + REGISTRY + " HTTPS_PROXY=" + address
                        + " HTTP_PROXY=" + address);
        return new SettingsReader(kernel, directory, directory, Map.of(), List.of())
                .read()
                .containerd()
                .orElseThrow();
    }
}
