package dev.osie.build.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.yaml.YamlReader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbedTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    "@image:partition"                                   | docker.io/osie-build/partition:latest
                    { image: "@image:partition" }                        | docker.io/osie-build/partition:latest
                    { image: "@image:p", as: "registry.lab:5000/p:1" }   | registry.lab:5000/p:1
                    { image: "@image:p", as: p }                         | docker.io/library/p:latest
                    alpine                                               | docker.io/library/alpine:latest
                    tinkerbell/actions                                   | docker.io/tinkerbell/actions:latest
                    "localhost/x:2"                                      | localhost/x:2
                    "registry.lab/a/b:1@sha256:%s"                       | registry.lab/a/b:1
                    """)
    void namesAnImageAsDockerDoes(String entry, String name) {
        assertThat(embedded("osie: { embed: [" + entry.replace("%s", "0".repeat(64)) + "] }"))
                .extracting(EmbeddedImage::name)
                .containsExactly(name);
    }

    @Test
    void addsToWhatTheDocumentsBelowEmbed() {
        assertThat(embedded("osie: { embed: [a], embed.add: [b] }"))
                .extracting(image -> image.image().text())
                .containsExactly("a", "b");
    }

    @Test
    void embeddedRecipesAreBuilt() {
        OsieDocument document = read("osie: { embed: [\"@image:a\", { image: \"@image:b\", as: x }, c] }");

        assertThat(document.recipes()).containsExactly("a", "b");
        assertThat(document.images()).extracting(ImageName::text).contains("c");
    }

    @Test
    void anImageCanHaveTwoNames() {
        assertThat(embedded("osie: { embed: [\"@image:a\", { image: \"@image:a\", as: x }] }"))
                .hasSize(2);
    }

    @Test
    void refusesASecondImageOfTheSameNameHoweverItIsWritten() {
        String first = "osie: { embed: [";

        assertThatThrownBy(() -> read(first + "a, docker.io/library/a:latest] }"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining(
                        "t.yaml:1:20: a second embedded image with the name 'docker.io/library/a:latest'; "
                                + "the first stands at t.yaml:1:17");
        assertThatThrownBy(() -> read(first + "{ image: a, as: b }, b] }"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("t.yaml:1:38: a second embedded image");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    [{ image: a, as: "a@sha256:0" }]  | t.yaml:1:33: 'a@sha256:0' cannot be the name of an image in Docker
                    [{ image: a, as: A }]             | in lower case
                    [{ image: a, as: 1 }]             | must be text
                    ["@image:Big"]                    | expected 'as' to be
                    [{ as: a }]                       | needs the key 'image'
                    [{ image: a, name: b }]           | unknown key 'name' in an entry of 'embed'
                    [[a]]                             | an entry of 'embed' must be the name of an image
                    [1]                               | an entry of 'embed' must be the name of an image
                    a                                 | must be a list
                    """)
    void saysWhatIsWrongWithAnEntry(String list, String message) {
        assertThatThrownBy(() -> read("osie: { embed: " + list + " }"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesAnEndlessNameWithoutOverflowing() {
        assertThatThrownBy(() -> read("osie: { embed: [{ image: a, as: \"a" + "-a".repeat(50_000) + "\" }] }"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("cannot be the name of an image in Docker");
    }

    private static List<EmbeddedImage> embedded(String yaml) {
        return read(yaml).embedded();
    }

    private static OsieDocument read(String yaml) {
        return OsieDocument.read(YamlReader.read("t.yaml", yaml));
    }
}
