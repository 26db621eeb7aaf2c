package dev.osie.build.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.compose.CompositionRequest;
import dev.osie.build.compose.TestTemplates;
import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentExplanationTest {
    private static final String PIECE = "linuxkit-templates/pieces/p.yaml:";
    private static final String FLAVOR = "linuxkit-templates/flavors/f.yaml:";
    private static final String OVERLAY = "linuxkit-templates/overlays/o.yaml:";

    @TempDir
    Path root;

    private TestTemplates templates;

    @BeforeEach
    void writeDocuments() throws IOException {
        templates = new TestTemplates(root);
        templates.piece("p", """
                services:
                  - name: agent
                    image: i
                    cwd: /piece
                    command: [a]
                    env: [A=1]
                    sysctl: { net.ipv4.ip_forward: "1" }
                files:
                  - { path: /etc/motd, contents: "one\\ntwo\\n" }
                """);
        templates.flavor("f", """
                osie: { pieces: [p], vars: { PLACE: lab } }
                services:
                  - name: agent
                    cwd: /flavor
                    command.add: [b]
                    env: [B=2]
                kernel: { cmdline: "place=${PLACE}" }
                """);
        templates.write("linuxkit-templates/overlays/o.yaml", """
                services:
                  - { name: agent, cwd: /overlay, env.add: [C=3] }
                """);
    }

    @Test
    void aValueHasTheLineThatSetItAndThoseItReplaced() {
        assertThat(explain("services/agent/cwd"))
                .containsExactly(
                        OVERLAY + "2:25 cwd: /overlay",
                        FLAVOR + "4:10   instead of cwd: /flavor",
                        PIECE + "4:10   instead of cwd: /piece");
    }

    @Test
    void aListOfSeveralDocumentsHasTheLineOfEachItem() {
        assertThat(explain("services/agent/command"))
                .containsExactly(PIECE + "5:15 command: a", FLAVOR + "5:19 command: b");
        assertThat(explain("services/agent/env"))
                .containsExactly(
                        FLAVOR + "6:11 env: B=2", OVERLAY + "2:45 env: C=3", PIECE + "6:10   instead of env: [A=1]");
    }

    @Test
    void aNameOrKeyCanHaveSlashesAndDots() {
        assertThat(explain("files/etc/motd/contents")).containsExactly(PIECE + "9:34 contents: one …");
        assertThat(explain("services/agent/sysctl/net.ipv4.ip_forward"))
                .containsExactly(PIECE + "7:36 net.ipv4.ip_forward: 1");
    }

    @Test
    void aSectionListsItsEntriesAndAnEntryItsKeys() {
        assertThat(explain("services")).containsExactly(OVERLAY + "2:5 agent");
        assertThat(explain("services/agent"))
                .contains(PIECE + "3:12 image: i", PIECE + "7:36 sysctl/net.ipv4.ip_forward: 1");
    }

    @Test
    void aValueMadeOfAVariablePointsToWhereItStands() {
        assertThat(explain("kernel/cmdline")).containsExactly(FLAVOR + "7:20 cmdline: place=lab");
        assertThat(explain("osie/vars/PLACE")).containsExactly(FLAVOR + "1:37 PLACE: lab");
    }

    @Test
    void aPathThatLeadsNowhereNamesTheLikelyOne() {
        assertThatThrownBy(() -> explain("services/agnet/cwd"))
                .isInstanceOf(BuildException.class)
                .hasMessage("The composed document has no 'agnet' in services.")
                .extracting(failure -> ((BuildException) failure).hint().orElse(""))
                .isEqualTo("Did you mean services/agent?");
        assertThatThrownBy(() -> explain("services/agent/cdw"))
                .extracting(failure -> ((BuildException) failure).hint().orElse(""))
                .isEqualTo("Did you mean services/agent/cwd?");
        assertThatThrownBy(() -> explain("files/etc/modt"))
                .extracting(failure -> ((BuildException) failure).hint().orElse(""))
                .isEqualTo("Did you mean files/etc/motd?");
    }

    @Test
    void anEntryThatWasRemovedSaysWhere() throws IOException {
        templates.write("linuxkit-templates/overlays/o.yaml", "services: [{ name: agent, $remove: true }]\n");

        assertThatThrownBy(() -> explain("services/agent/cwd"))
                .extracting(failure -> ((BuildException) failure).hint().orElse(""))
                .isEqualTo("It was removed at " + OVERLAY + "1:12.");
    }

    @Test
    void onlyAPathThatBeginsWithASectionMeansTheDocument() {
        assertThat(DocumentExplanation.isDocumentPath("services/agent")).isTrue();
        assertThat(DocumentExplanation.isDocumentPath("init")).isTrue();
        assertThat(DocumentExplanation.isDocumentPath("trust")).isTrue();
        assertThat(DocumentExplanation.isDocumentPath("/init")).isFalse();
        assertThat(DocumentExplanation.isDocumentPath("etc/motd")).isFalse();
    }

    private List<String> explain(String path) {
        CompositionRequest request = new CompositionRequest(
                List.of("f"), Optional.empty(), List.of("o"), Map.of(), Architecture.X86_64, Optional.empty());
        return new DocumentExplanation(templates.compose(request))
                .explain(path).stream()
                        .map(finding -> finding.where() + " " + finding.what())
                        .toList();
    }
}
