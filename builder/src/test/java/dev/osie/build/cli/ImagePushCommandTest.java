package dev.osie.build.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Reference;
import dev.osie.build.oci.registry.PushableImage;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class ImagePushCommandTest {
    @TempDir
    private Path directory;

    private Store store;

    @BeforeEach
    void makeImages() throws IOException {
        store = Store.open(directory);
        PushableImage.put(store, "docker", "x86_64", "one");
        PushableImage.put(store, "docker", "aarch64", "one");
        PushableImage.put(store, "dhcp", "x86_64", "two");
    }

    @Test
    void knowsImagesByRecipeAndInFull() {
        assertThat(names("docker", Architecture.X86_64)).containsExactly("osie-build/docker:x86_64");
        assertThat(names("docker", Architecture.values()))
                .containsExactly("osie-build/docker:x86_64", "osie-build/docker:aarch64");
        assertThat(names("osie-build/docker", Architecture.AARCH64)).containsExactly("osie-build/docker:aarch64");
        assertThat(names("osie-build/docker:aarch64", Architecture.X86_64))
                .containsExactly("osie-build/docker:aarch64");
        assertThat(names("docker:aarch64", Architecture.X86_64)).containsExactly("osie-build/docker:aarch64");
    }

    @Test
    void saysWhatIsThereInsteadOfAnImage() {
        assertThatThrownBy(() -> names("dokcer", Architecture.X86_64))
                .isInstanceOfSatisfying(BuildException.class, failure -> {
                    assertThat(failure).hasMessage("The store has no image 'dokcer'.");
                    assertThat(failure.hint()).contains("Perhaps you meant 'docker'.");
                });
        assertThatThrownBy(() -> names("dhcp", Architecture.values()))
                .hasMessage("The store has the image 'dhcp' for x86_64, and not for aarch64.");
    }

    @Test
    void readsDestinations() {
        Reference docker = Reference.parse("osie-build/docker:x86_64");
        assertThat(PushDestinations.of("docker://registry.lab/a:1", List.of("2"))
                        .of(docker))
                .hasToString("registry.lab/a:1");
        assertThat(PushDestinations.of("registry.lab/a", List.of("2", "3")).of(docker))
                .hasToString("registry.lab/a:2");
        assertThat(PushDestinations.of("registry.lab/a", List.of("2", "3")).moreTags())
                .containsExactly("3");
        assertThat(PushDestinations.of("registry.lab:5000/a/", List.of()).of(docker))
                .hasToString("registry.lab:5000/a/docker");
        assertThatThrownBy(() -> PushDestinations.of("registry.lab/a@sha256:" + "0".repeat(64), List.of()))
                .hasMessageContaining("cannot be pushed to");
        assertThatThrownBy(() -> PushDestinations.of("registry.lab/a", List.of("not a tag")))
                .isInstanceOf(BuildException.class);
    }

    @Test
    void refusesTwoImagesOfOnePlatformUnderOneName() {
        StringWriter errors = new StringWriter();
        CommandLine command = Main.commandLine();
        command.setErr(new PrintWriter(errors));

        int exitCode = command.execute(
                "image", "push", "--cache", directory.toString(), "docker", "dhcp", "registry.invalid/lab/all:1");

        assertThat(exitCode).isEqualTo(2);
        assertThat(errors).asString().contains("are both for linux/amd64", "end the destination with '/'");
    }

    private List<String> names(String name, Architecture... architectures) {
        return new StoredImages(new Layout(store), List.of(architectures))
                .find(name).stream().map(Image::name).map(Reference::toString).toList();
    }
}
