package dev.osie.build.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.osie.build.platform.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedTemplatesTest {
    private static final Path ROOT = Path.of("..");

    @ParameterizedTest
    @MethodSource("flavors")
    void everyFlavorComposesAndItsRecipesExist(String flavor) {
        Composition composition = new Composer(ROOT).compose(CompositionRequest.of(flavor, Architecture.X86_64));

        assertThat(composition.recipes())
                .isNotEmpty()
                .allSatisfy(recipe -> assertThat(
                                ROOT.resolve("images").resolve(recipe).resolve("image.yaml"))
                        .isRegularFile());
    }

    @Test
    void theHookFlavorRunsTheWorker() {
        Composition hook = new Composer(ROOT).compose(CompositionRequest.of("hook", Architecture.X86_64));

        assertThat(hook.document().services())
                .extracting(service -> service.name())
                .contains("docker", "tink-worker");
        assertThat(hook.document().osie().orElseThrow().kernel()).isPresent();
    }

    @Test
    void theOverlayEmbedPutsAShellIntoDocker() {
        Composition hook = new Composer(ROOT)
                .compose(new CompositionRequest(
                        List.of("hook"),
                        Optional.empty(),
                        List.of("embed"),
                        Map.of(),
                        Architecture.X86_64,
                        Optional.empty()));

        assertThat(hook.document().embedded())
                .extracting(image -> image.image().text(), image -> image.name())
                .containsExactly(
                        tuple("@image:shell", "docker.io/osie-build/shell:latest"),
                        tuple("@image:shell", "registry.lab/shell:1"));
        assertThat(ROOT.resolve("images/shell/image.yaml")).isRegularFile();
    }

    static Stream<String> flavors() throws IOException {
        return names("flavors");
    }

    private static Stream<String> names(String directory) throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve("linuxkit-templates").resolve(directory))) {
            // A build leaves its lock beside the flavors.
            return files.filter(file -> file.toString().endsWith(".yaml")).map(Source::stem).sorted().toList().stream();
        }
    }
}
