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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** A schema for editors, and the reader of what it describes, which must agree on what that may hold. */
public final class SchemaAgreement {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final String text;
    private final Schema schema;
    private final ObjectNode everything;
    private final Consumer<YamlNode> reader;

    /**
     * An agreement to be tested.
     *
     * @param schema resource beside the class
     * @param everything a document with every field there is
     * @param reader throws when it refuses
     */
    public SchemaAgreement(Class<?> place, String schema, Path everything, Consumer<YamlNode> reader) {
        try (InputStream stream = place.getResourceAsStream(schema)) {
            this.text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        this.schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7).getSchema(text, InputFormat.JSON);
        this.everything = (ObjectNode) json(YamlReader.read(everything));
        this.reader = reader;
    }

    public void bothAcceptEverything() {
        assertThat(errors(everything)).isEmpty();
        reader.accept(YamlReader.read("t.yaml", everything.toString()));
    }

    /** @param others keys that the document with everything does not need to have */
    public void schemaHasNoKeyThatEverythingLacks(Set<String> others) throws IOException {
        Set<String> described = new TreeSet<>();
        MAPPER.readTree(text)
                .findValues("properties")
                .forEach(properties -> properties.fieldNames().forEachRemaining(described::add));
        described.removeAll(others);
        Set<String> used = new TreeSet<>();
        pointers(everything).forEach(pointer -> used.add(lastKey(pointer)));

        assertThat(used).containsAll(described);
    }

    /** @param free pointers to mappings that may have any key */
    public void bothRefuseAnUnknownKeyInEveryMapping(Set<String> free) {
        for (JsonPointer pointer : pointers(everything)) {
            ObjectNode document = everything.deepCopy();
            if (document.at(pointer) instanceof ObjectNode mapping) {
                mapping.put("unknown-key", "x");
                boolean any = free.contains(pointer.toString());
                assertThat(errors(document).isEmpty()).as("schema, " + pointer).isEqualTo(any);
                assertThat(readerAccepts(document)).as("reader, " + pointer).isEqualTo(any);
            }
        }
    }

    /** @param alternatives pointers to where a text and a list or mapping are both right */
    public void bothRefuseListsAndMappingsInThePlaceOfScalarsAndTheReverse(Set<String> alternatives) {
        for (JsonPointer pointer : pointers(everything)) {
            ObjectNode document = everything.deepCopy();
            boolean container = document.at(pointer).isContainerNode();
            if (pointer.matches() || alternatives.contains(pointer.toString())) {
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

    public void theSchemaRefusesNothingThatTheReaderAccepts() {
        List<JsonNode> others = List.of(
                JsonNodeFactory.instance.nullNode(),
                JsonNodeFactory.instance.textNode("x"),
                JsonNodeFactory.instance.textNode("/x:/y"),
                JsonNodeFactory.instance.textNode(""),
                JsonNodeFactory.instance.numberNode(7),
                JsonNodeFactory.instance.booleanNode(true));
        for (JsonPointer pointer : pointers(everything)) {
            for (JsonNode other : others) {
                ObjectNode document = everything.deepCopy();
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

    /** What the schema finds wrong with a document. */
    public List<String> errors(YamlNode document) {
        return errors(json(document));
    }

    private List<String> errors(JsonNode document) {
        return schema.validate(document.toString(), InputFormat.JSON).stream()
                .map(Object::toString)
                .toList();
    }

    private boolean readerAccepts(JsonNode document) {
        try {
            reader.accept(YamlReader.read("t.yaml", document.toString()));
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
}
