package dev.osie.build.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.spec.FileEntry;
import dev.osie.build.spec.OsieDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VariablesTest {
    @TempDir
    Path root;

    private TestTemplates templates;

    @BeforeEach
    void startEmpty() {
        templates = new TestTemplates(root);
    }

    @Test
    void areSubstitutedOnlyInValues() throws IOException {
        templates.flavor("f", """
                osie: { vars: { NAME: HookOS } }
                files: [{ path: "etc/${NAME}", contents: "a ${NAME} $${NAME} $x ${x:-y} $$" }]
                """);

        OsieDocument document = templates.compose("f", Map.of("NAME", "Lab")).document();

        assertThat(document.files().get(0).path()).isEqualTo("etc/Lab");
        assertThat(document.files().get(0).kind()).isEqualTo(new FileEntry.Contents("a Lab ${NAME} $x ${x:-y} $$"));
        assertThat(document.osie().orElseThrow().vars()).containsEntry("NAME", Optional.of("Lab"));
    }

    @Test
    void anUndeclaredOneIsNeverNothing() throws IOException {
        templates.flavor("f", "osie: { vars: { NAME: x } }\nfiles: [{ path: x, contents: \"${NAMES}\" }]");

        assertThatThrownBy(() -> templates.compose("f", Map.of()))
                .hasMessageContaining("f.yaml:2:30: the variable ${NAMES} is not declared: did you mean NAME?");
    }

    @Test
    void oneWithoutAValueSaysWhereToGiveIt() throws IOException {
        templates.flavor("f", "osie: { vars: { NEEDED: } }\nfiles: [{ path: x, contents: \"${NEEDED}\" }]");

        assertThatThrownBy(() -> templates.compose("f", Map.of()))
                .hasMessageContaining(
                        "f.yaml:1:24: the variable NEEDED needs a value: give it with --set NEEDED=VALUE");
        assertThat(contents(Map.of("NEEDED", "given"))).isEqualTo("given");
    }

    @Test
    void aValueForNobodyIsAnError() throws IOException {
        templates.flavor("f", "osie: { vars: { NAME: x, OTHER: y } }\nfiles: [{ path: x, contents: \"${OTHER}\" }]");

        assertThatThrownBy(() -> templates.compose("f", Map.of("NANE", "y")))
                .hasMessage("--set NANE: no document declares this variable; did you mean NAME?");
        assertThatThrownBy(() -> templates.compose("f", Map.of("NAME", "y")))
                .hasMessageContaining("f.yaml:1:23: --set NAME: the variable is declared here, but no document uses");
    }

    @Test
    void aValueIsTextWhateverItLooksLike() throws IOException {
        templates.flavor("f", "osie: { vars: { V: x } }\nfiles:\n  - path: x\n    contents: ${V}\n");

        for (String value : new String[] {
            "a\nmode: \"0777\"",
            "x, symlink: /etc/shadow }",
            "\"",
            "&a *a",
            "- list",
            "null",
            "0644",
            "${V}",
            "$1\\",
            ""
        }) {
            assertThat(contents(Map.of("V", value))).isEqualTo(value);
        }
    }

    @Test
    void aPathMadeOfOneCannotLeaveTheTree() throws IOException {
        templates.flavor("f", "osie: { vars: { V: x } }\nfiles: [{ path: \"etc/${V}\", contents: x }]");

        assertThatThrownBy(() -> templates.compose("f", Map.of("V", "../../evil")))
                .hasMessageContaining("f.yaml:2:17: the path 'etc/../../evil' leaves the tree");
    }

    private String contents(Map<String, String> variables) {
        FileEntry file = templates.compose("f", variables).document().files().get(0);
        return ((FileEntry.Contents) file.kind()).text();
    }
}
