package dev.osie.worker.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.action.Outcome;
import dev.osie.worker.action.Outcome.Result;
import dev.osie.worker.docker.ImageRegistry;
import dev.osie.worker.settings.PullPolicy;
import dev.osie.worker.settings.RegistryLogin;
import dev.osie.worker.settings.RegistryMirror;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Where an action's image comes from, with real registries. */
public abstract class PullContract<S extends EngineSite> extends EngineContract<S> {
    @Test
    void anImageThatIsHereIsPulledAgainOnlyWhenThePolicySaysSo() throws Exception {
        String image = site().registry().busybox();

        assertThat(run(echo(image), PullPolicy.ALWAYS)).isEqualTo(Outcome.success());
        assertThat(console()).contains("lab/test · step: pulling " + image);
        forget();
        assertThat(run(echo(image), PullPolicy.MISSING)).isEqualTo(Outcome.success());
        assertThat(run(echo(image), PullPolicy.NEVER)).isEqualTo(Outcome.success());
        assertThat(console())
                .contains("lab/test · step: " + image + " is here")
                .noneMatch(line -> line.contains("pulling"));
    }

    @Test
    void whatIsMissingIsPulledUnlessThatIsForbidden() throws Exception {
        try (ImageRegistry other = ImageRegistry.open(site().certificate())) {
            assertThat(run(echo(other.busybox()), PullPolicy.NEVER))
                    .isEqualTo(
                            Outcome.failed("there is no image " + other.busybox() + " here, and image_pull is never"));
            assertThat(run(echo(other.busybox()), PullPolicy.MISSING)).isEqualTo(Outcome.success());
        }
    }

    @Test
    void takesTheLocalImageWhenTheRegistryIsGone() throws Exception {
        String image;
        try (ImageRegistry gone = ImageRegistry.open(site().certificate())) {
            image = gone.busybox();
            run(echo(image));
        }

        assertThat(run(echo(image))).isEqualTo(Outcome.success());

        assertThat(console()).contains("step | hello").anyMatch(line -> line.endsWith("taking the image that is here"));
    }

    @Test
    void failsAtOnceWhenTheRegistryHasNoSuchImage() throws Exception {
        String image = site().registry().host() + "/test/other:1";

        Outcome outcome = run(echo(image));

        assertThat(outcome.result()).isEqualTo(Result.FAILED);
        assertThat(outcome.message()).startsWith("can't pull " + image + ": ");
        assertThat(console()).hasSize(1);
    }

    @Test
    void triesAgainWhenTheRegistryFails() throws Exception {
        try (ImageRegistry flaky = ImageRegistry.open(site().certificate())) {
            flaky.fail(2);

            assertThat(run(echo(flaky.busybox()))).isEqualTo(Outcome.success());
        }
        assertThat(console()).anyMatch(line -> line.endsWith("trying again"));
    }

    @Test
    void aLoginGoesToItsOwnRegistryOnly() throws Exception {
        try (ImageRegistry own = ImageRegistry.withLogin(site().certificate(), "u", "p=w");
                ImageRegistry foreign = ImageRegistry.withLogin(site().certificate(), "v", "x")) {
            RegistryLogin login = new RegistryLogin(own.host(), "u", "p=w");

            assertThat(run(echo(own.busybox()), withLogin(login))).isEqualTo(Outcome.success());
            assertThat(run(echo(foreign.busybox()).limit(Duration.ofSeconds(5)), withLogin(login))
                            .result())
                    .isNotEqualTo(Result.SUCCESS);
            assertThat(own.authorizations()).isNotEmpty();
            assertThat(foreign.authorizations()).isEmpty();
        }
    }

    @Test
    void mirrorsAreAskedInOrderAndOneThatLacksTheImageOrIsGoneIsPassedBy() throws Exception {
        RegistryMirror gone = mirror("127.0.0.1:1");
        RegistryMirror lacksIt = mirror(site().registry().host() + "/no/such");
        RegistryMirror hasIt = mirror(site().registry().host());

        assertThat(run(echo("registry.invalid/test/busybox:1"), PullPolicy.ALWAYS, gone, lacksIt, hasIt))
                .isEqualTo(Outcome.success());

        assertThat(console())
                .contains("lab/test · step: pulling " + site().registry().busybox(), "step | hello")
                .noneMatch(line -> line.contains("pulling registry.invalid"));
    }

    @Test
    void withoutAMirrorThatHasItTheImagesOwnRegistryIsAsked() throws Exception {
        RegistryMirror lacksIt = mirror(site().registry().host() + "/no/such");

        assertThat(run(echo(site().registry().busybox()), PullPolicy.ALWAYS, lacksIt))
                .isEqualTo(Outcome.success());
    }

    @Test
    void whatAMirrorGaveEarlierIsTakenWhenAllAreGone() throws Exception {
        RegistryMirror mirror;
        try (ImageRegistry gone = ImageRegistry.open(site().certificate())) {
            mirror = mirror(gone.host());
            run(echo("127.0.0.1:1/test/busybox:1"), PullPolicy.ALWAYS, mirror);
        }

        assertThat(run(echo("127.0.0.1:1/test/busybox:1"), PullPolicy.MISSING, mirror))
                .isEqualTo(Outcome.success());
    }

    @Test
    void anImageByDigestKeepsItsDigestAtAMirror() throws Exception {
        assertThat(run(
                        echo("registry.invalid/test/busybox@"
                                + site().registry().digest()),
                        PullPolicy.ALWAYS,
                        mirror(site().registry().host())))
                .isEqualTo(Outcome.success());
    }

    @Test
    void anImageThatCameWithTheSystemIsNotPulled() throws Exception {
        run(busybox());
        forget();
        String image = site().registry().host() + "/test/other:1"; // which the registry has not got
        List<String> names = List.of(image, "docker.io/osie-build/embedded:0123456789abcdef");
        for (String name : names) {
            site().tag(name);
        }
        try {
            assertThat(run(echo(image))).isEqualTo(Outcome.success());
        } finally {
            for (String name : names) {
                site().untag(name);
            }
        }

        assertThat(console())
                .containsExactly(
                        "lab/test · step: " + image + " came with the system",
                        "lab/test · step: running",
                        "step | hello");
    }

    @Test
    void aNameOfTheSystemsOwnImagesIsAskedOfNoRegistry() throws Exception {
        for (String image : List.of("osie-build/none", "docker.io/osie-build/none:1")) {
            assertThat(run(TestAction.of(image)))
                    .isEqualTo(Outcome.failed(
                            "this system has no image " + image + ", and names in osie-build/ are not pulled"));
        }
        assertThat(console()).isEmpty();
    }

    private static RegistryMirror mirror(String location) {
        return new RegistryMirror(Optional.empty(), location);
    }

    private static TestAction echo(String image) {
        return TestAction.of(image).command("echo", "hello");
    }
}
