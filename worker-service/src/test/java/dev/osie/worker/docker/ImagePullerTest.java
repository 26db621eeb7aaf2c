package dev.osie.worker.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import dev.osie.worker.action.Action;
import dev.osie.worker.action.Outcome;
import dev.osie.worker.settings.PullPolicy;
import dev.osie.worker.settings.RegistryMirror;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where images come from, with a real Docker daemon and registries. */
@Tag("tools")
@Timeout(60)
class ImagePullerTest {
    @TempDir
    private static Path siteDirectory;

    private static DockerSite site;

    @BeforeAll
    static void startDocker() throws Exception {
        site = new DockerSite(siteDirectory);
    }

    @AfterAll
    static void stopDocker() throws Exception {
        site.stop();
    }

    @BeforeEach
    void forget() {
        site.forget();
    }

    @Test
    void anImageThatIsHereIsPulledAgainOnlyWhenThePolicySaysSo() throws Exception {
        String image = site.registry().busybox();

        assertThat(site.run(echo(image), PullPolicy.ALWAYS)).isEqualTo(Outcome.success());
        assertThat(site.console()).contains("lab/test · step: pulling " + image);
        site.forget();
        assertThat(site.run(echo(image), PullPolicy.MISSING)).isEqualTo(Outcome.success());
        assertThat(site.run(echo(image), PullPolicy.NEVER)).isEqualTo(Outcome.success());
        assertThat(site.console())
                .contains("lab/test · step: " + image + " is here")
                .noneMatch(line -> line.contains("pulling"));
    }

    @Test
    void whatIsMissingIsPulledUnlessThatIsForbidden() throws Exception {
        try (ImageRegistry other = ImageRegistry.open(site.certificate())) {
            assertThat(site.run(echo(other.busybox()), PullPolicy.NEVER))
                    .isEqualTo(
                            Outcome.failed("there is no image " + other.busybox() + " here, and image_pull is never"));
            assertThat(site.run(echo(other.busybox()), PullPolicy.MISSING)).isEqualTo(Outcome.success());
        }
    }

    @Test
    void mirrorsAreAskedInOrderAndOneThatLacksTheImageOrIsGoneIsPassedBy() throws Exception {
        RegistryMirror gone = mirror("127.0.0.1:1");
        RegistryMirror lacksIt = mirror(site.registry().host() + "/no/such");
        RegistryMirror hasIt = mirror(site.registry().host());

        assertThat(site.run(echo("registry.invalid/test/busybox:1"), PullPolicy.ALWAYS, gone, lacksIt, hasIt))
                .isEqualTo(Outcome.success());

        assertThat(site.console())
                .contains("lab/test · step: pulling " + site.registry().busybox(), "step | hello")
                .noneMatch(line -> line.contains("pulling registry.invalid"));
    }

    @Test
    void withoutAMirrorThatHasItTheImagesOwnRegistryIsAsked() throws Exception {
        RegistryMirror lacksIt = mirror(site.registry().host() + "/no/such");

        assertThat(site.run(echo(site.registry().busybox()), PullPolicy.ALWAYS, lacksIt))
                .isEqualTo(Outcome.success());
    }

    @Test
    void whatAMirrorGaveEarlierIsTakenWhenAllAreGone() throws Exception {
        RegistryMirror mirror;
        try (ImageRegistry gone = ImageRegistry.open(site.certificate())) {
            mirror = mirror(gone.host());
            site.run(echo("127.0.0.1:1/test/busybox:1"), PullPolicy.ALWAYS, mirror);
        }

        assertThat(site.run(echo("127.0.0.1:1/test/busybox:1"), PullPolicy.MISSING, mirror))
                .isEqualTo(Outcome.success());
    }

    @Test
    void anImageByDigestKeepsItsDigestAtAMirror() throws Exception {
        String digest;
        try (DockerClient client = site.client()) {
            client.pullImageCmd(site.registry().busybox()).start().awaitCompletion();
            String name = client.inspectImageCmd(site.registry().busybox())
                    .exec()
                    .getRepoDigests()
                    .get(0);
            digest = name.substring(name.indexOf('@'));
        }

        assertThat(site.run(
                        echo("registry.invalid/test/busybox" + digest),
                        PullPolicy.ALWAYS,
                        mirror(site.registry().host())))
                .isEqualTo(Outcome.success());
    }

    private static RegistryMirror mirror(String location) {
        return new RegistryMirror(Optional.empty(), location);
    }

    private static Action echo(String image) {
        return DockerSite.action("a", image, "echo", "hello");
    }
}
