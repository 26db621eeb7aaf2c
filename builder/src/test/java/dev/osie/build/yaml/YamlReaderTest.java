package dev.osie.build.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlReaderTest {
    @Test
    void everyValueKnowsWhereItStands() {
        YamlNode root = read("services:\n  - name: agent\n    image: x\n");

        YamlNode.Sequence services =
                (YamlNode.Sequence) ((YamlNode.Mapping) root).get("services").orElseThrow();
        YamlNode image =
                ((YamlNode.Mapping) services.items().get(0)).get("image").orElseThrow();
        assertThat(image.position()).hasToString("test.yaml:3:12");
    }

    @Test
    void namesBothPlacesOfADuplicateKey() {
        assertThatThrownBy(() -> read("a: 1\nb: 2\na: 3\n"))
                .isInstanceOf(BuildException.class)
                .hasMessage("test.yaml:3:1: the key 'a' stands here a second time, after line 1");
    }

    @Test
    void rejectsASecondDocument() {
        assertThatThrownBy(() -> read("a: 1\n---\nb: 2\n"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("test.yaml:2:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a: b\n---\n", "a: b\n...\n", "---\na: b\n---\n# the end\n---\n", "%YAML 1.2\n---\na: b\n"})
    void marksBetweenDocumentsAreAllowedAroundTheOne(String text) {
        assertThat(text(((YamlNode.Mapping) read(text)).get("a"))).isEqualTo("b");
    }

    @Test
    void rejectsAnEmptyDocument() {
        assertThatThrownBy(() -> read("# nothing\n"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("empty");
    }

    @Test
    void namesThePlaceOfASyntaxError() {
        assertThatThrownBy(() -> read("a: [1, 2\nb: 3\n"))
                .isInstanceOf(BuildException.class)
                .hasMessageStartingWith("test.yaml:2:");
    }

    @Test
    void rejectsAliasesThatExplode() {
        StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 9; i++) {
            text.append("a%d: &a%d [%s]\n"
                    .formatted(i, i, String.join(", ", java.util.Collections.nCopies(10, "*a" + (i - 1)))));
        }
        assertThatThrownBy(() -> read(text.toString())).isInstanceOf(BuildException.class);
    }

    @Test
    void rejectsAnAliasToItself() {
        assertThatThrownBy(() -> read("a: &a [*a]\n")).isInstanceOf(BuildException.class);
    }

    @Test
    void mergeKeysYieldToTheirMapping() {
        YamlNode.Mapping root = (YamlNode.Mapping) read("base: &b {x: one, y: two}\nuse: {<<: *b, x: mine}\n");

        YamlNode.Mapping use = (YamlNode.Mapping) root.get("use").orElseThrow();
        assertThat(text(use.get("x"))).isEqualTo("mine");
        assertThat(text(use.get("y"))).isEqualTo("two");
    }

    @ParameterizedTest
    @CsvSource({"0644,the number 0644", "on,the truth value on", "1e3,the number 1e3", "2026-01-01,the date 2026-01-01"
    })
    void saysWhatYamlTakesAnUnquotedValueFor(String written, String described) {
        YamlNode.Mapping root = (YamlNode.Mapping) read("mode: " + written + "\n");

        assertThat(root.get("mode").orElseThrow().describe()).isEqualTo(described);
    }

    /** LinuxKit's reader and YAML 1.2 do; nobody means a truth value, or a number in base 60, where text is expected. */
    @ParameterizedTest
    @ValueSource(strings = {"on", "Off", "yes", "NO", "1:30", "02:42:10", "1:30.5"})
    void takesWordsAndBase60ForTextWhereTextIsExpected(String written) {
        Fields fields = Fields.of(read("a: " + written + "\n" + written + ": b\n"), "it", new Problems());

        assertThat(fields.text("a")).contains(written);
        assertThat(fields.text(written)).contains("b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "False", "0644", "1e3", "1_000", ".5", "2026-01-01"})
    void wantsQuotesWhereEveryYamlTakesTextForSomethingElse(String written) {
        Problems problems = new Problems();
        Fields fields = Fields.of(read("a: " + written + "\n"), "it", problems);

        assertThat(fields.text("a")).isEmpty();
        assertThatThrownBy(problems::throwIfAny)
                .hasMessageContaining("test.yaml:1:4: 'a' of it must be text: write \"" + written + "\" with quotes");
    }

    @ParameterizedTest
    @CsvSource({"on,true", "Off,false", "yes,true", "NO,false", "true,true", "False,false"})
    void takesWordsForTruthValuesWhereTheseAreExpected(String written, boolean value) {
        assertThat(Fields.of(read("a: " + written + "\n"), "it", new Problems()).bool("a"))
                .contains(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ufeffa: b\n", "a: b\r\n", "a: b\r", "\ufeff# c\r\na: b"})
    void takesMarksAndLineEndsOfOtherSystems(String text) {
        assertThat(text(((YamlNode.Mapping) read(text)).get("a"))).isEqualTo("b");
    }

    @Test
    void readsFieldsAndReportsEverythingThatIsWrongAtOnce() {
        Problems problems = new Problems();
        Fields fields = Fields.of(read("""
                        name: agent
                        mode: 0644
                        capabilites: [CAP_NET_ADMIN]
                        readonly: maybe
                        env: FOO=bar
                        """), "service 'agent'", problems);

        assertThat(fields.requiredText("name")).isEqualTo("agent");
        assertThat(fields.text("mode")).isEmpty();
        assertThat(fields.texts("capabilities")).isEmpty();
        assertThat(fields.bool("readonly")).isEmpty();
        assertThat(fields.texts("env")).isEmpty();
        assertThat(fields.requiredText("image")).isEmpty();
        fields.finish();

        assertThatThrownBy(problems::throwIfAny)
                .isInstanceOf(BuildException.class)
                .hasMessage("""
                test.yaml:1:1: service 'agent' needs the key 'image'
                test.yaml:2:7: 'mode' of service 'agent' must be text: write "0644" with quotes (YAML reads 0644 as the number 420)
                test.yaml:3:1: unknown key 'capabilites' in service 'agent' — did you mean 'capabilities'?
                test.yaml:4:11: 'readonly' of service 'agent' must be true or false, not the text 'maybe'
                test.yaml:5:6: 'env' of service 'agent' must be a list, not the text 'FOO=bar'""");
    }

    @Test
    void readsWholeNumbersInEveryNotation() {
        Fields fields = Fields.of(read("a: 0x10\nb: 0o17\nc: 017\nd: -3\ne: 1_000\n"), "it", new Problems());

        assertThat(fields.integer("a")).hasValue(16);
        assertThat(fields.integer("c")).hasValue(15);
        assertThat(fields.integer("d")).hasValue(-3);
        assertThat(fields.integer("e")).hasValue(1000);
    }

    @Test
    void suggestsOnlyWhatIsClose() {
        List<String> candidates = List.of("capabilities", "command", "cwd");

        assertThat(Suggestion.closest("comand", candidates)).contains("command");
        assertThat(Suggestion.closest("zebra", candidates)).isEmpty();
    }

    private static YamlNode read(String text) {
        return YamlReader.read("test.yaml", text);
    }

    private static String text(Optional<YamlNode> node) {
        return ((YamlNode.Scalar) node.orElseThrow()).text();
    }
}
