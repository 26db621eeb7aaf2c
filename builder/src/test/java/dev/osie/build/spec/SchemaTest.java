package dev.osie.build.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The schema for editors, and the reader, agree on what a document may hold. */
class SchemaTest {
    private static final SchemaAgreement AGREEMENT = new SchemaAgreement(
            SchemaTest.class,
            "schema.json",
            Path.of("src/test/resources/dev/osie/build/spec/everything.yaml"),
            OsieDocument::read);

    /** Mappings that may have any key. */
    private static final Set<String> FREE =
            Set.of("/services/0/sysctl", "/services/0/annotations", "/osie/kernel/options");

    /** Keys that only make sense in documents that are laid over each other. */
    private static final Set<String> COMPOSING =
            Set.of("$arch", "$before", "$after", "$optional", "$remove", "pieces", "pieces.add", "arch");

    /** Where a text and a list or mapping are both right. */
    private static final Set<String> ALTERNATIVES = Set.of("/osie/kernel/modules", "/osie/embed/1");

    static List<Path> templates() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("../linuxkit-templates"))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("templates")
    void acceptsEveryTemplate(Path template) {
        assertThat(AGREEMENT.errors(YamlReader.read(template))).isEmpty();
    }

    @Test
    void acceptsADocumentWithEveryFieldAsTheReaderDoes() {
        AGREEMENT.bothAcceptEverything();
    }

    @Test
    void hasNoKeyThatTheDocumentWithEveryFieldLacks() throws IOException {
        AGREEMENT.schemaHasNoKeyThatEverythingLacks(COMPOSING);
    }

    @Test
    void bothRefuseAnUnknownKeyInEveryMapping() {
        AGREEMENT.bothRefuseAnUnknownKeyInEveryMapping(FREE);
    }

    @Test
    void bothRefuseListsAndMappingsInThePlaceOfScalarsAndTheReverse() {
        AGREEMENT.bothRefuseListsAndMappingsInThePlaceOfScalarsAndTheReverse(ALTERNATIVES);
    }

    @Test
    void theSchemaRefusesNothingThatTheReaderAccepts() {
        AGREEMENT.theSchemaRefusesNothingThatTheReaderAccepts();
    }
}
