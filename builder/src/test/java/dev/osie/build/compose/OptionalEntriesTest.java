package dev.osie.build.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.platform.Architecture;
import dev.osie.build.spec.ContainerEntry;
import dev.osie.build.spec.OsieDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries that are only for an entry that another document has. */
class OptionalEntriesTest {
    @TempDir
    Path root;

    private TestTemplates templates;

    @BeforeEach
    void startEmpty() throws IOException {
        templates = new TestTemplates(root);
        templates.piece("docker", "services: [{ name: docker, image: i, env: [A=1] }]");
        templates.piece("ca", "services: [{ name: docker, $optional: true, env.add: [B=2] }]");
    }

    @Test
    void isLaidOverTheEntryThatIsThere() throws IOException {
        templates.flavor("f", "osie: { pieces: [docker, ca] }");

        assertThat(compose(root, "f").services())
                .singleElement()
                .satisfies(
                        docker -> assertThat(docker.options().process().env()).contains(List.of("A=1", "B=2")));
    }

    @Test
    void isLeftOutWhereThereIsNone() throws IOException {
        templates.flavor("f", """
                osie: { pieces: [ca] }
                services: [{ name: other, image: i }]
                """);

        assertThat(compose(root, "f").services())
                .extracting(ContainerEntry::name)
                .containsExactly("other");
    }

    @Test
    void itsPlaceAmongThePiecesDoesNotMatter() throws IOException {
        templates.piece("ca", "services: [{ name: docker, $optional: true, readonly: true, cwd: /x, env.add: [B=2] }]");
        templates.flavor("f", """
                osie: { pieces: [ca, docker] }
                services: [{ name: docker, readonly: false }]
                """);

        assertThat(compose(root, "f").services()).singleElement().satisfies(docker -> {
            assertThat(docker.options().process().env()).contains(List.of("A=1", "B=2"));
            assertThat(docker.options().process().cwd()).contains("/x");
            assertThat(docker.options().filesystem().readonly())
                    .as("a document above wins")
                    .isFalse();
        });
    }

    @Test
    void canOnlyBeTrue() throws IOException {
        templates.flavor("f", "services: [{ name: a, image: i, $optional: maybe }]\nosie: {}");

        assertThatThrownBy(() -> compose(root, "f")).hasMessageContaining("$optional can only be true");
    }

    @Test
    void certificateAuthoritiesBringNoDockerToAFlavorWithout() {
        OsieDocument document = compose(Path.of(".."), "slim-containerd", "ca");

        assertThat(document.services()).extracting(ContainerEntry::name).doesNotContain("docker");
        assertThat(document.services())
                .filteredOn(service -> service.name().equals("tink-worker"))
                .singleElement()
                .satisfies(worker -> assertThat(worker.options().filesystem().mounts())
                        .anyMatch(mount -> mount.destination().equals("/etc/ssl/certs")));
    }

    private static OsieDocument compose(Path root, String flavor, String... overlays) {
        return new Composer(root)
                .compose(new CompositionRequest(
                        List.of(flavor),
                        Optional.empty(),
                        List.of(overlays),
                        Map.of(),
                        Architecture.X86_64,
                        Optional.empty()))
                .document();
    }
}
