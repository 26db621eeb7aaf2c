package dev.osie.worker.containerd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.action.Outcome;
import dev.osie.worker.console.Console;
import dev.osie.worker.container.ContainerRuntime;
import dev.osie.worker.container.EngineContract;
import dev.osie.worker.container.TestAction;
import dev.osie.worker.settings.ContainerdSettings;
import dev.osie.worker.settings.SettingsReader;
import dev.osie.worker.workflow.ConnectProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Pulls from registries whose names nobody knows but a proxy; they need docker-registry and skopeo. */
class ContainerdProxyTest extends EngineContract<ContainerdSite> {
    private static final String REGISTRY = "registry.invalid:5000";

    @Override
    protected ContainerdSite open(Path empty) throws Exception {
        return new ContainerdSite(empty);
    }

    @Test
    void anImageComesThroughTheTunnelOfAProxyWithALogin() throws Exception {
        int port = Integer.parseInt(site().registry().host().replaceFirst(".*:", ""));
        try (ConnectProxy proxy = ConnectProxy.withLogin(port, "u", "s3cret")) {
            assertThat(run(proxy, "u:s3cret@")).isEqualTo(Outcome.success());

            assertThat(proxy.requests()).allMatch(request -> request.startsWith("CONNECT " + REGISTRY + " "));
            assertThat(output().toString(UTF_8)).contains("step | through").doesNotContain("s3cret");
        }
    }

    @Test
    void anImageOfDebiansRegistryInTheClearComesThroughAProxyWithALogin() throws Exception {
        try (DockerRegistry registry = DockerRegistry.open(directory.resolve("r"));
                ConnectProxy proxy = ConnectProxy.withLogin(registry.port(), "u", "s3cret")) {
            registry.copy(site().registry().busybox(), "test/busybox:1");

            assertThat(run(proxy, "u:s3cret@")).isEqualTo(Outcome.success());

            assertThat(proxy.requests())
                    .anyMatch(request -> request.startsWith("GET http://" + REGISTRY + "/v2/test/busybox/blobs/"));
            assertThat(registry.requests()).contains("200 /v2/test/busybox/manifests/1");
            assertThat(output().toString(UTF_8)).contains("step | through").doesNotContain("s3cret");
        }
    }

    private Outcome run(ConnectProxy proxy, String login) throws Exception {
        ContainerdEngine engine = new ContainerdEngine(settings(proxy, login), Optional.empty(), new Console(output()));
        try (ContainerRuntime runtime = new ContainerRuntime(engine, OWN_REGISTRIES, false, new Console(output()))) {
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
                        + site().daemon().namespace() + " containerd_socket="
                        + site().socket() + " insecure_registries=" + REGISTRY + " HTTPS_PROXY=" + address
                        + " HTTP_PROXY=" + address);
        return new SettingsReader(kernel, directory, directory, Map.of(), List.of())
                .read()
                .containerd()
                .orElseThrow();
    }
}
