package dev.osie.worker.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.worker.action.Outcome;
import dev.osie.worker.console.Console;
import dev.osie.worker.container.ContainerRuntime;
import dev.osie.worker.container.PullContract;
import dev.osie.worker.container.TestAction;
import dev.osie.worker.settings.RegistryLogin;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The worker's own pulls, from Debian's registry as well; they need docker-registry and skopeo. */
class ContainerdPullTest extends PullContract<ContainerdSite> {
    @Override
    protected ContainerdSite open(Path empty) throws Exception {
        return new ContainerdSite(empty);
    }

    @Test
    void keepsAnImageUnpackedAndNotItsLayers() throws Exception {
        run(busybox());

        String manifest =
                site().daemon().ctr("content", "get", site().registry().digest());
        JsonNode layers = new ObjectMapper().readTree(manifest).path("layers");
        assertThat(layers).hasSize(1);
        String content = site().daemon().ctr("content", "list", "--quiet");
        assertThat(content)
                .contains(site().registry().digest())
                .doesNotContain(layers.get(0).path("digest").asText());
        assertThat(site().daemon().ctr("images", "list", "--quiet"))
                .contains(site().registry().busybox() + "\n");
        assertThat(site().daemon().ctr("snapshots", "list")).contains("Committed");
    }

    @Test
    void aLoginIsGivenToDebiansRegistryAsWell() throws Exception {
        try (DockerRegistry own = DockerRegistry.withLogin(directory.resolve("own"))) {
            own.copy(site().registry().busybox(), "test/busybox:1", "--dest-creds=u:p=w");
            TestAction action = TestAction.of(own.host() + "/test/busybox:1");

            assertThat(run(action, withLogin(new RegistryLogin(own.host(), "u", "p=w"))))
                    .isEqualTo(Outcome.success());
        }
    }

    @Test
    void asksTheMirrorsOfDockerHubInOrder() throws Exception {
        try (DockerRegistry empty = DockerRegistry.open(directory.resolve("empty"));
                DockerRegistry full = DockerRegistry.open(directory.resolve("full"))) {
            full.copy(site().registry().busybox(), "test/mirrored:1");
            ContainerdEngine engine = new ContainerdEngine(
                    site().settings(
                                    URI.create("http://127.0.0.1:1"),
                                    URI.create("http://" + empty.host()),
                                    URI.create("http://" + full.host())),
                    Optional.empty(),
                    new Console(output()));

            try (ContainerRuntime runtime =
                    new ContainerRuntime(engine, OWN_REGISTRIES, false, new Console(output()))) {
                assertThat(runtime.run(TestAction.of("test/mirrored:1")
                                .command("echo", "mirrored")
                                .build()))
                        .isEqualTo(Outcome.success());
            }

            assertThat(console()).contains("step | mirrored").noneMatch(line -> line.contains("trying again"));
            assertThat(empty.requests()).contains("404 /v2/test/mirrored/manifests/1");
            assertThat(full.requests()).contains("200 /v2/test/mirrored/manifests/1");
            assertThat(site().daemon().ctr("images", "list", "--quiet")).contains("docker.io/test/mirrored:1\n");
        }
    }

    @Test
    void anImageThatSomebodyElseImportedIsUnpacked() throws Exception {
        Path archive = directory.resolve("image.tar");
        skopeo(site().registry().busybox(), archive, "registry.lab/imported:1");
        site().daemon().ctr("images", "import", "--no-unpack", archive.toString());

        assertThat(run(TestAction.of("registry.lab/imported:1").command("echo", "here")))
                .isEqualTo(Outcome.success());
        site().daemon().ctr("images", "remove", "--sync", "registry.lab/imported:1");
    }

    private static void skopeo(String image, Path archive, String name) throws IOException, InterruptedException {
        Process skopeo = new ProcessBuilder(
                        "skopeo",
                        "copy",
                        "--quiet",
                        "--src-tls-verify=false",
                        "docker://" + image,
                        "docker-archive:" + archive + ":" + name)
                .redirectErrorStream(true)
                .start();
        String said = new String(skopeo.getInputStream().readAllBytes());
        assertThat(skopeo.waitFor()).as(said).isZero();
    }
}
