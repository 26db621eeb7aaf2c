package dev.osie.build.oci;

import static dev.osie.build.failure.BuildException.badInput;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.failure.BuildException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads and writes the JSON of images. What is written is canonical: keys sorted, no white space, UTF-8, empty collections left out, so
 * equal values have equal digests. What is read may hold properties nobody knows, as the specification asks; the wrong type of a known one
 * is an error.
 */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(100).build())
            .build());

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /**
     * Reads a document that should be an object.
     *
     * @param what the document, for messages
     */
    static JsonNode parse(byte[] document, String what) {
        JsonNode json = read(document, what);
        if (!json.isObject()) {
            throw badInput(what + " is not a JSON object");
        }
        return json;
    }

    /** Reads a document that should be a list. */
    static JsonNode parseList(byte[] document, String what) {
        JsonNode json = read(document, what);
        if (!json.isArray()) {
            throw badInput(what + " is not a JSON list");
        }
        return json;
    }

    private static JsonNode read(byte[] document, String what) {
        try {
            return MAPPER.readTree(document);
        } catch (IOException e) {
            throw badInput(what + " is not readable JSON: " + e.getMessage()).because(e);
        }
    }

    static byte[] canonical(JsonNode json) {
        try {
            return MAPPER.writeValueAsBytes(sorted(json));
        } catch (JsonProcessingException e) {
            throw new AssertionError("a tree of plain values can be written", e);
        }
    }

    private static JsonNode sorted(JsonNode json) {
        if (json.isObject()) {
            ObjectNode copy = object();
            json.properties().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(property -> copy.set(property.getKey(), sorted(property.getValue())));
            return copy;
        }
        if (json.isArray()) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            json.forEach(item -> copy.add(sorted(item)));
            return copy;
        }
        return json;
    }

    static Optional<String> text(JsonNode json, String key) {
        return value(json, key).map(value -> {
            if (!value.isTextual()) {
                throw wrongType(key, "text");
            }
            return value.textValue();
        });
    }

    static List<String> texts(JsonNode json, String key) {
        List<String> texts = new ArrayList<>();
        for (JsonNode item : array(json, key)) {
            if (!item.isTextual()) {
                throw wrongType(key, "a list of texts");
            }
            texts.add(item.textValue());
        }
        return texts;
    }

    /** The items of a list; none when it is absent. */
    static Iterable<JsonNode> array(JsonNode json, String key) {
        Optional<JsonNode> array = value(json, key);
        if (array.isPresent() && !array.get().isArray()) {
            throw wrongType(key, "a list");
        }
        return array.isPresent() ? array.get() : List.of();
    }

    /** Texts by key. Numbers and truth values, which some tools write as labels, are taken as their text. */
    static SortedMap<String, String> textMap(JsonNode json, String key) {
        SortedMap<String, String> map = new TreeMap<>();
        value(json, key).ifPresent(object -> {
            if (!object.isObject()) {
                throw wrongType(key, "an object");
            }
            object.properties()
                    .forEach(property ->
                            map.put(property.getKey(), property.getValue().asText()));
        });
        return map;
    }

    /** The keys of an object that stands for a set. */
    static TreeSet<String> keys(JsonNode json, String key) {
        TreeSet<String> keys = new TreeSet<>();
        value(json, key).ifPresent(object -> object.fieldNames().forEachRemaining(keys::add));
        return keys;
    }

    static void put(ObjectNode json, String key, Collection<String> texts) {
        if (!texts.isEmpty()) {
            texts.forEach(json.putArray(key)::add);
        }
    }

    static void put(ObjectNode json, String key, Map<String, String> texts) {
        if (!texts.isEmpty()) {
            texts.forEach(json.putObject(key)::put);
        }
    }

    static void putKeys(ObjectNode json, String key, Collection<String> keys) {
        if (!keys.isEmpty()) {
            keys.forEach(json.putObject(key)::putObject);
        }
    }

    private static Optional<JsonNode> value(JsonNode json, String key) {
        return Optional.ofNullable(json.get(key)).filter(value -> !value.isNull());
    }

    private static BuildException wrongType(String key, String expected) {
        return badInput("the property '" + key + "' of an image must be " + expected);
    }
}
