package dev.osie.build.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.tree.Content;
import dev.osie.build.yaml.YamlNode;
import java.util.Collection;
import java.util.Map;

/** JSON in the style LinuxKit writes it: four spaces a level, no line break at the end. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final DefaultPrettyPrinter PRINTER = new DefaultPrettyPrinter()
            .withSeparators(Separators.createDefaultInstance()
                    .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                    .withObjectEmptySeparator("")
                    .withArrayEmptySeparator(""))
            .withObjectIndenter(new DefaultIndenter("    ", "\n"))
            .withArrayIndenter(new DefaultIndenter("    ", "\n"));

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array(Collection<String> values) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        values.forEach(array::add);
        return array;
    }

    /** Puts a list unless it is empty. */
    static void putUnlessEmpty(ObjectNode object, String key, Collection<String> values) {
        if (!values.isEmpty()) {
            object.set(key, array(values));
        }
    }

    /** Puts a mapping unless it is empty. */
    static void putUnlessEmpty(ObjectNode object, String key, Map<String, String> values) {
        if (!values.isEmpty()) {
            ObjectNode map = object.putObject(key);
            values.forEach(map::put);
        }
    }

    /** The value of a checked YAML document. */
    static JsonNode of(YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            ObjectNode object = object();
            mapping.entries().forEach(entry -> object.set(entry.key().text(), of(entry.value())));
            return object;
        }
        if (node instanceof YamlNode.Sequence sequence) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            sequence.items().forEach(item -> array.add(of(item)));
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

    static Content content(JsonNode node) {
        try {
            return Content.of(MAPPER.writer(PRINTER).writeValueAsString(node));
        } catch (JsonProcessingException e) {
            throw new AssertionError("a tree of JSON values can always be written", e);
        }
    }
}
