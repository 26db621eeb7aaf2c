package dev.osie.build.spec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.failure.BuildException;
import dev.osie.build.yaml.DocumentException;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import dev.osie.build.yaml.YamlReader;
import java.util.Optional;
import java.util.OptionalLong;

/** LinuxKit's label of images: what a container entry that names the image says by default. */
public final class ContainerLabel {
    public static final String NAME = "org.mobyproject.config";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private ContainerLabel() {}

    /**
     * The text of a label that is written as a mapping, or as JSON in a text. What no container entry may say is a problem.
     *
     * @return JSON of a mapping, or the text as it stands; nothing when it is neither
     */
    public static Optional<String> read(YamlNode value, Problems problems) {
        if (value instanceof YamlNode.Mapping mapping) {
            ContainerReader.checkLabel(mapping, problems);
            return Optional.of(text(json(mapping)));
        }
        if (value instanceof YamlNode.Scalar scalar && scalar.type() == YamlNode.Scalar.Type.TEXT) {
            check(scalar, problems);
            return Optional.of(scalar.text());
        }
        problems.add(
                value.position(),
                "the label " + NAME + " must be a mapping, or a text of JSON, not " + value.describe());
        return Optional.empty();
    }

    /** Checks a text, whose problems are reported where the text stands. */
    private static void check(YamlNode.Scalar scalar, Problems problems) {
        Problems inside = problems.another();
        YamlReader.read("the label", scalar.text(), inside).ifPresent(node -> ContainerReader.checkLabel(node, inside));
        try {
            inside.throwIfAny();
        } catch (DocumentException e) {
            e.problems()
                    .forEach(problem ->
                            problems.add(scalar.position(), "in the label " + NAME + ": " + problem.message()));
        } catch (BuildException e) {
            problems.add(scalar.position(), e);
        }
    }

    private static String text(JsonNode json) {
        try {
            return MAPPER.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError("a tree of JSON values can always be written", e);
        }
    }

    private static JsonNode json(YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            mapping.entries().forEach(entry -> object.set(entry.key().text(), json(entry.value())));
            return object;
        }
        if (node instanceof YamlNode.Sequence sequence) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            sequence.items().forEach(item -> array.add(json(item)));
            return array;
        }
        YamlNode.Scalar scalar = (YamlNode.Scalar) node;
        OptionalLong number = scalar.integer();
        if (number.isPresent()) {
            return JsonNodeFactory.instance.numberNode(number.getAsLong());
        }
        return switch (scalar.type()) {
            case BOOLEAN -> JsonNodeFactory.instance.booleanNode(scalar.bool().orElseThrow());
            case NULL -> JsonNodeFactory.instance.nullNode();
            case TEXT, INTEGER, FLOAT, TIMESTAMP -> JsonNodeFactory.instance.textNode(scalar.text());
        };
    }
}
