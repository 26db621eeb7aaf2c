package dev.osie.build.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.platform.Architecture;
import dev.osie.build.spec.ContainerEntry;
import dev.osie.build.spec.FileEntry;
import dev.osie.build.spec.ImageName;
import dev.osie.build.spec.KernelSection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plain LinuxKit documents: several of them, standard input, and where their files lie. */
class PlainDocumentsTest {
    @TempDir
    Path root;

    private TestTemplates templates;

    @BeforeEach
    void startEmpty() {
        templates = new TestTemplates(root);
    }

    @Test
    void kernelFieldsOfALaterDocumentReplaceThoseItFillsIn() throws IOException {
        Path base = templates.write("base.yml", "kernel: { image: a/kernel:1, cmdline: console=ttyS0, tar: none }\n");
        Path more = templates.write("more.yml", "kernel: { image: b/kernel:2, cmdline: \"\" }\n");

        KernelSection kernel = templates.join(base, more).document().kernel().orElseThrow();

        assertThat(kernel.image()).map(ImageName::text).contains("b/kernel:2");
        assertThat(kernel.cmdline()).isEqualTo("console=ttyS0");
        assertThat(kernel.tar()).isEmpty();
    }

    @Test
    void listsAreAppendedAndNothingIsJoinedByName() throws IOException {
        Path base = templates.write("base.yml", """
                init: [a/init]
                onboot: [{ name: sysctl, image: a/sysctl }]
                services: [{ name: web, image: a/web }]
                files: [{ path: a, contents: one }]
                """);
        Path more = templates.write("more.yml", """
                init: [b/init]
                onboot: [{ name: sysctl, image: b/sysctl }]
                services: [{ name: db, image: b/db }]
                files: [{ path: b, contents: two }]
                """);

        var document = templates.join(base, more).document();

        assertThat(document.init()).extracting(ImageName::text).containsExactly("a/init", "b/init");
        assertThat(document.onboot()).extracting(ContainerEntry::name).containsExactly("sysctl", "sysctl");
        assertThat(document.services()).extracting(ContainerEntry::name).containsExactly("web", "db");
        assertThat(document.files()).extracting(FileEntry::path).containsExactly("a", "b");
    }

    @Test
    void aSectionWithoutEntriesLeavesTheEarlierOne() throws IOException {
        Path base = templates.write("base.yml", "services: [{ name: web, image: a/web }]\n");
        Path more = templates.write("more.yml", "services:\n");

        assertThat(templates.join(base, more).document().services()).hasSize(1);
    }

    @Test
    void refusesAServiceNameOfTwoDocumentsAndPointsAtBoth() throws IOException {
        Path base = templates.write("base.yml", "services:\n  - { name: web, image: a/web }\n");
        Path more = templates.write("more.yml", "services:\n\n  - { name: web, image: b/web }\n");

        assertThatThrownBy(() -> templates.join(base, more))
                .hasMessageContaining("more.yml:3:5: a second service with the name 'web'; the first stands at ")
                .hasMessageContaining("base.yml:2:5");
    }

    @Test
    void aVolumeOfOneDocumentCanBeUsedInAnother() throws IOException {
        Path base = templates.write("base.yml", "volumes: [{ name: data }]\n");
        Path more = templates.write("more.yml", "services: [{ name: web, image: i, binds: [\"data:/data\"] }]\n");

        assertThat(templates.join(base, more).document().volumes()).hasSize(1);
        assertThat(templates.join(more, base).document().services()).hasSize(1);
    }

    @Test
    void refusesAnOsieSectionInOneOfSeveral() throws IOException {
        Path plain = templates.write("plain.yml", "init: [a]\n");
        Path flavor = templates.write("flavor.yaml", "init: [a]\nosie: { vars: {} }\n");

        assertThatThrownBy(() -> templates.join(plain, flavor))
                .hasMessageContaining("flavor.yaml:2:1: several documents are joined as LinuxKit joins them")
                .hasMessageContaining("--overlay");
    }

    @Test
    void refusesADocumentGivenTwice() throws IOException {
        Path plain = templates.write("plain.yml", "init: [a]\n");

        assertThatThrownBy(() -> templates.join(plain, plain)).hasMessageContaining("named twice");
    }

    @Test
    void reportsASectionOfTheWrongTypeInEitherDocument() throws IOException {
        Path right = templates.write("right.yml", "services: [{ name: web, image: a/web }]\n");
        Path wrong = templates.write("wrong.yml", "services: { web: a/web }\n");

        assertThatThrownBy(() -> templates.join(right, wrong)).hasMessageContaining("wrong.yml:1:11");
        assertThatThrownBy(() -> templates.join(wrong, right)).hasMessageContaining("wrong.yml:1:11");
    }

    @Test
    void theLastDocumentGivesTheNameUnlessTheCallerDoes() throws IOException {
        Path base = templates.write("base.yml", "init: [a]\n");
        Path more = templates.write("more.yml", "init: [b]\n");

        assertThat(templates.join(base, more).name()).isEqualTo("more");
        assertThat(templates
                        .compose(new CompositionRequest(
                                List.of(base.toString()),
                                Optional.of("lab"),
                                List.of(),
                                Map.of(),
                                Architecture.X86_64,
                                Optional.empty()))
                        .name())
                .isEqualTo("lab");
    }

    @Test
    void aDocumentCanComeByStandardInput() throws IOException {
        Path base = templates.write("base.yml", "init: [a]\n");

        Composition composition = fromStandardInput("init: [b]\n", base.toString(), "-");

        assertThat(composition.name()).isEqualTo("osie");
        assertThat(composition.document().init()).extracting(ImageName::text).containsExactly("a", "b");
        assertThatThrownBy(() -> fromStandardInput("init: b\n", "-"))
                .hasMessageContaining("standard input:1:7: 'init' of the document must be a list");
    }

    @Test
    void aSourceLiesBesideItsDocumentElseInTheWorkingDirectory() throws IOException {
        templates.write("docs/here.txt", "x");
        Path plain = templates.write("docs/plain.yml", """
                files:
                  - { path: a, source: here.txt }
                  - { path: b, source: there.txt }
                """);

        Composition composition = templates.join(plain);
        List<Path> located = composition.document().files().stream()
                .map(file -> composition.locate((FileEntry.Source) file.kind()))
                .toList();

        assertThat(located).containsExactly(root.resolve("docs/here.txt"), Path.of("there.txt"));
    }

    @Test
    void aSourceBelowTheTildeLiesInTheHomeOfTheUser() throws IOException {
        Path plain = templates.write("plain.yml", "files: [{ path: a, source: ~/.ssh/id.pub }]\n");

        Composition composition = templates.join(plain);
        FileEntry file = composition.document().files().get(0);

        assertThat(composition.locate((FileEntry.Source) file.kind()))
                .isEqualTo(Path.of(System.getProperty("user.home"), ".ssh/id.pub"));
    }

    private Composition fromStandardInput(String text, String... documents) {
        return templates.compose(new CompositionRequest(
                List.of(documents), Optional.empty(), List.of(), Map.of(), Architecture.X86_64, Optional.of(text)));
    }
}
