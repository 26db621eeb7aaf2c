package dev.osie.build.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.osie.build.failure.BuildException;
import dev.osie.build.yaml.YamlNode;
import dev.osie.build.yaml.YamlReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The schema for editors, and the reader, agree on what a document may hold. */
class SchemaTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Path EVERYTHING = Path.of("src/test/resources/dev/osie/build/spec/everything.yaml");

    /** Mappings that may have any key. */
    private static final Set<String> FREE = Set.of("/services/0/sysctl", "/services/0/annotations");

    /** Keys that only make sense in documents that are laid over each other. */
    private static final Set<String> COMPOSING =
            Set.of("$arch", "$before", "$after", "$remove", "pieces", "pieces.add", "arch");

    /** Where a text and a list or mapping are both right. */
    private static final Set<String> ALTERNATIVES = Set.of("/osie/kernel/modules", "/osie/embed/1");

    private static final ObjectNode DOCUMENT = (ObjectNode) json(YamlReader.read(EVERYTHING));

    private static final String TEXT = schemaText();
    private static final Schema SCHEMA =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7).getSchema(TEXT, InputFormat.JSON);

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
        assertThat(errors(json(YamlReader.read(template)))).isEmpty();
    }

    @Test
    void acceptsADocumentWithEveryFieldAsTheReaderDoes() {
        ObjectNode everything = everything();

        assertThat(errors(everything)).isEmpty();
        assertThat(readerAccepts(everything)).isTrue();
    }

    @Test
    void hasNoKeyThatTheDocumentWithEveryFieldLacks() throws IOException {
        Set<String> described = new TreeSet<>();
        MAPPER.readTree(TEXT)
                .findValues("properties")
                .forEach(properties -> properties.fieldNames().forEachRemaining(described::add));
        described.removeAll(COMPOSING);
        Set<String> used = new TreeSet<>();
        pointers(everything()).forEach(pointer -> used.add(lastKey(pointer)));

        assertThat(used).containsAll(described);
    }

    @Test
    void bothRefuseAnUnknownKeyInEveryMapping() {
        for (JsonPointer pointer : pointers(everything())) {
            ObjectNode document = everything();
            if (document.at(pointer) instanceof ObjectNode mapping) {
                mapping.put("unknown-key", "x");
                boolean free = FREE.contains(pointer.toString());
                assertThat(errors(document).isEmpty()).as("schema, " + pointer).isEqualTo(free);
                assertThat(readerAccepts(document)).as("reader, " + pointer).isEqualTo(free);
            }
        }
    }

    @Test
    void bothRefuseListsAndMappingsInThePlaceOfScalarsAndTheReverse() {
        for (JsonPointer pointer : pointers(everything())) {
            ObjectNode document = everything();
            boolean container = document.at(pointer).isContainerNode();
            if (pointer.matches() || ALTERNATIVES.contains(pointer.toString())) {
                continue;
            }
            JsonNode other = container
                    ? JsonNodeFactory.instance.textNode("x")
                    : MAPPER.createArrayNode().add("x");
            replace(document, pointer, other);
            assertThat(errors(document)).as("schema, " + pointer).isNotEmpty();
            assertThat(readerAccepts(document)).as("reader, " + pointer).isFalse();
        }
    }

    @Test
    void theSchemaRefusesNothingThatTheReaderAccepts() {
        List<JsonNode> others = List.of(
                JsonNodeFactory.instance.nullNode(),
                JsonNodeFactory.instance.textNode("x"),
                JsonNodeFactory.instance.textNode("/x:/y"),
                JsonNodeFactory.instance.textNode(""),
                JsonNodeFactory.instance.numberNode(7),
                JsonNodeFactory.instance.booleanNode(true));
        for (JsonPointer pointer : pointers(everything())) {
            for (JsonNode other : others) {
                ObjectNode document = everything();
                if (!pointer.matches()) {
                    replace(document, pointer, other);
                    if (readerAccepts(document)) {
                        assertThat(errors(document))
                                .as(pointer + " is " + other)
                                .isEmpty();
                    }
                }
            }
        }
    }

    private static ObjectNode everything() {
        return DOCUMENT.deepCopy();
    }

    private static List<String> errors(JsonNode document) {
        return SCHEMA.validate(document.toString(), InputFormat.JSON).stream()
                .map(Object::toString)
                .toList();
    }

    private static boolean readerAccepts(JsonNode document) {
        try {
            OsieDocument.read(YamlReader.read("t.yaml", document.toString()));
            return true;
        } catch (BuildException refused) {
            return false;
        }
    }

    private static List<JsonPointer> pointers(JsonNode root) {
        List<JsonPointer> pointers = new ArrayList<>();
        collect(root, JsonPointer.empty(), pointers);
        return pointers;
    }

    private static void collect(JsonNode node, JsonPointer pointer, List<JsonPointer> pointers) {
        pointers.add(pointer);
        if (node instanceof ObjectNode object) {
            object.properties()
                    .forEach(field -> collect(field.getValue(), pointer.appendProperty(field.getKey()), pointers));
        } else {
            for (int i = 0; i < node.size(); i++) {
                collect(node.get(i), pointer.appendIndex(i), pointers);
            }
        }
    }

    private static void replace(ObjectNode document, JsonPointer pointer, JsonNode value) {
        JsonNode parent = document.at(pointer.head());
        if (parent instanceof ObjectNode object) {
            object.set(lastKey(pointer), value);
        } else {
            ((ArrayNode) parent).set(pointer.last().getMatchingIndex(), value);
        }
    }

    private static String lastKey(JsonPointer pointer) {
        return pointer.matches() ? "" : pointer.last().getMatchingProperty();
    }

    private static JsonNode json(YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            ObjectNode object = MAPPER.createObjectNode();
            mapping.entries().forEach(entry -> object.set(entry.key().text(), json(entry.value())));
            return object;
        }
        if (node instanceof YamlNode.Sequence sequence) {
            ArrayNode array = MAPPER.createArrayNode();
            sequence.items().forEach(item -> array.add(json(item)));
            return array;
        }
        YamlNode.Scalar scalar = (YamlNode.Scalar) node;
        return switch (scalar.type()) {
            case INTEGER -> JsonNodeFactory.instance.numberNode(scalar.integer().orElseThrow());
            case BOOLEAN -> JsonNodeFactory.instance.booleanNode(scalar.bool().orElseThrow());
            case NULL -> JsonNodeFactory.instance.nullNode();
            case TEXT, FLOAT, TIMESTAMP -> JsonNodeFactory.instance.textNode(scalar.text());
        };
    }

    private static String schemaText() {
        try (InputStream stream = SchemaTest.class.getResourceAsStream("schema.json")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
