package dev.osie.build.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Store;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoredNamesTest {
    private static final String HEX = "0123456789abcdef".repeat(4);

    @TempDir
    private Path directory;

    private Layout layout;

    @BeforeEach
    void open() {
        layout = new Layout(Store.open(directory));
    }

    @Test
    void aRecipesNameStandsForAllItsArchitectures() {
        put("osie-build/tool:x86_64", Architecture.X86_64);
        put("osie-build/tool:aarch64", Architecture.AARCH64);

        assertThat(find("tool")).containsExactly("osie-build/tool:aarch64", "osie-build/tool:x86_64");
        assertThat(find("@image:tool")).hasSize(2);
        assertThat(find("osie-build/tool:x86_64")).containsExactly("osie-build/tool:x86_64");
    }

    @Test
    void aRecipeGoesBeforeAnImportOfThatName() {
        put("osie-build/tool:x86_64", Architecture.X86_64);
        imported("tool", Architecture.X86_64);

        assertThat(find("tool")).containsExactly("osie-build/tool:x86_64");
        assertThat(find("tool:latest")).containsExactly("docker.io/library/tool:latest");
    }

    @Test
    void aNameIsFoundShortAndInFullForEveryPlatform() {
        imported("app", Architecture.X86_64);
        imported("app", Architecture.AARCH64);

        assertThat(find("app")).hasSize(2);
        assertThat(find("docker.io/library/app:latest")).hasSize(2);
        imported("app", Architecture.X86_64);
        assertThat(find("app")).as("the same platform again").hasSize(2);
    }

    @Test
    void anImageThatWasAskedForByDigestIsListedAndFoundByIt() {
        put("registry.lab/app:" + HEX, Architecture.X86_64);

        assertThat(new StoredNames(layout).entries())
                .extracting(StoredNames::shown)
                .containsExactly("registry.lab/app@sha256:" + HEX);
        assertThat(find("registry.lab/app@sha256:" + HEX)).containsExactly("registry.lab/app:" + HEX);
    }

    @Test
    void namesWhatWasPerhapsMeant() {
        imported("dhcp:1", Architecture.X86_64);

        assertThatThrownBy(() -> new StoredNames(layout).require("dhcp:2"))
                .isInstanceOf(BuildException.class)
                .hasMessage("The store has no image 'dhcp:2'.")
                .extracting(failure -> ((BuildException) failure).hint().orElseThrow())
                .isEqualTo("Perhaps you meant 'dhcp:1'.");
    }

    private List<String> find(String text) {
        return new StoredNames(layout)
                .find(text).stream().map(Layout.Entry::name).toList();
    }

    private Image put(String name, Architecture architecture) {
        ImageConfig config = new ImageConfig(
                Platform.linux(architecture),
                Optional.empty(),
                Optional.empty(),
                Execution.EMPTY,
                List.of(),
                List.of());
        return layout.put(Reference.parse(name), config, List.of());
    }

    private void imported(String name, Architecture architecture) {
        Image image = put("osie-build/unnamed:1", architecture);
        layout.remove(layout.entries().stream()
                .filter(entry -> entry.name().equals("osie-build/unnamed:1"))
                .toList());
        layout.nameImport(Reference.parse(name).full(), image, "docker-archive", Optional.empty());
    }
}
