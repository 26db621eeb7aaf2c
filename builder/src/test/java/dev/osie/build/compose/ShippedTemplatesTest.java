package dev.osie.build.compose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.spec.ContainerEntry;
import dev.osie.build.spec.OsieDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedTemplatesTest {
    private static final Path ROOT = Path.of("..");

    @ParameterizedTest
    @MethodSource("flavors")
    void everyFlavorComposesAndItsRecipesExist(String flavor) {
        Composition composition = new Composer(ROOT).compose(flavor, List.of(), Map.of());

        assertThat(composition.recipes())
                .isNotEmpty()
                .allSatisfy(recipe -> assertThat(
                                ROOT.resolve("images").resolve(recipe).resolve("image.yaml"))
                        .isRegularFile());
    }

    @Test
    void theHookFlavorRunsTheWorker() {
        Composition hook = new Composer(ROOT).compose("hook", List.of(), Map.of());

        assertThat(hook.document().services())
                .extracting(service -> service.name())
                .contains("docker", "tink-worker");
        assertThat(hook.document().osie().orElseThrow().kernel()).isPresent();
    }

    @Test
    void hardensAllButDockerAndTheConsoleWhenAFlavorAsksForIt(@TempDir Path directory) throws IOException {
        Path overlay = Files.writeString(directory.resolve("hard.yaml"), "osie: { defaults: { hardened: true } }");

        for (List<String> overlays : List.of(List.<String>of(), List.of(overlay.toString()))) {
            OsieDocument document =
                    new Composer(ROOT).compose("hook", overlays, Map.of()).document();
            assertThat(document.services())
                    .filteredOn(document.settings()::isHardened)
                    .extracting(ContainerEntry::name)
                    .containsExactlyInAnyOrder("dhcp", "tink-worker");
        }
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
