package dev.osie.build.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.platform.Architecture;
import dev.osie.build.spec.ContainerEntry;
import dev.osie.build.spec.FileEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pieces and entries that only some architectures get. */
class ConditionsTest {
    @TempDir
    Path root;

    private TestTemplates templates;

    @BeforeEach
    void startEmpty() {
        templates = new TestTemplates(root);
    }

    @Test
    void aPieceCanBeForSomeArchitectures() throws IOException {
        templates.piece("common", "services: [{ name: common, image: i }]");
        templates.piece("pc", "services: [{ name: pc, image: i }]");
        templates.flavor("f", "osie: { pieces: [common, { name: pc, arch: [x86_64] }] }");

        assertThat(services(Architecture.X86_64)).containsExactly("common", "pc");
        assertThat(services(Architecture.AARCH64)).containsExactly("common");
    }

    @Test
    void aPieceThatIsSkippedInOnePlaceCountsWhereAnotherAsksForIt() throws IOException {
        templates.piece("a", "services: [{ name: a, image: i }]");
        templates.piece("b", "osie: { pieces: [a] }");
        templates.flavor("f", "osie: { pieces: [{ name: a, arch: x86_64 }, b] }");

        assertThat(services(Architecture.AARCH64)).containsExactly("a");
    }

    @Test
    void anEntryCanBeForSomeArchitectures() throws IOException {
        templates.piece("p", "services: [{ name: agent, image: i, readonly: true }]");
        templates.flavor("f", """
                osie: { pieces: [p] }
                services:
                  - { name: agent, $arch: [aarch64], readonly: false }
                  - { name: ipmi, image: i, $arch: x86_64 }
                files:
                  - { path: etc/arch, contents: pc, $arch: [x86_64] }
                  - { path: etc/arch, contents: arm, $arch: [aarch64] }
                """);

        assertThat(services(Architecture.X86_64)).containsExactly("agent", "ipmi");
        assertThat(services(Architecture.AARCH64)).containsExactly("agent");
        assertThat(readonly(Architecture.X86_64)).isTrue();
        assertThat(readonly(Architecture.AARCH64)).isFalse();
        assertThat(contents(Architecture.X86_64)).isEqualTo("pc");
        assertThat(contents(Architecture.AARCH64)).isEqualTo("arm");
    }

    @Test
    void namesTheKnownArchitecturesWhenOneIsUnknown() throws IOException {
        templates.piece("p", "{}");
        templates.flavor("f", """
                osie: { pieces: [{ name: p, arch: [x86] }] }
                """);

        assertThatThrownBy(() -> templates.compose("f", Architecture.X86_64))
                .hasMessageContaining("f.yaml:1:36: 'x86' is not an architecture");
        templates.flavor("f", "osie: {}\nfiles: [{ path: a, contents: a, $arch: [riscv64] }]\n");
        assertThatThrownBy(() -> templates.compose("f", Architecture.X86_64))
                .hasMessageContaining("f.yaml:2:41: 'riscv64' is not an architecture")
                .hasMessageContaining("expected one of x86_64, aarch64");
    }

    @Test
    void refusesAConditionThatNeverHolds() throws IOException {
        templates.flavor("f", "osie: {}\nfiles: [{ path: a, contents: a, $arch: [] }]\n");

        assertThatThrownBy(() -> templates.compose("f", Architecture.X86_64))
                .hasMessageContaining("f.yaml:2:40: $arch names no architecture");
    }

    @Test
    void findsAMisspeltPieceOnEveryArchitecture() throws IOException {
        templates.piece("ipmi", "{}");
        templates.flavor("f", "osie: { pieces: [{ name: impi, arch: [x86_64] }] }");

        assertThatThrownBy(() -> templates.compose("f", Architecture.AARCH64))
                .hasMessageContaining("there is no piece 'impi'");
    }

    @Test
    void refusesUnknownKeysOfAPiecesEntry() throws IOException {
        templates.piece("p", "{}");
        templates.flavor("f", "osie: { pieces: [{ name: p, archs: [x86_64] }] }");

        assertThatThrownBy(() -> templates.compose("f", Architecture.X86_64))
                .hasMessageContaining("unknown key 'archs'")
                .hasMessageContaining("did you mean 'arch'?");
    }

    private List<String> services(Architecture architecture) {
        return templates.compose("f", architecture).document().services().stream()
                .map(ContainerEntry::name)
                .toList();
    }

    private boolean readonly(Architecture architecture) {
        return templates
                .compose("f", architecture)
                .document()
                .services()
                .get(0)
                .options()
                .filesystem()
                .readonly();
    }

    private String contents(Architecture architecture) {
        FileEntry file = templates.compose("f", architecture).document().files().get(0);
        return ((FileEntry.Contents) file.kind()).text();
    }
}
