package dev.osie.build.yaml;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the values of one mapping by key. Every key that is asked for counts as known; {@link #finish} reports the others, with the
 * known key that looks most like each. Wrong types are reported too, and read as absent, so that one pass finds every problem.
 */
public final class Fields {
    private static final Pattern OCTAL = Pattern.compile("[0-7]{1,5}");

    /** More keys than this make no message but a page. */
    private static final int MAX_LISTED = 16;

    private final YamlNode.Mapping mapping;
    private final String what;
    private final Problems problems;
    private final boolean readable;
    private final Set<String> known = new LinkedHashSet<>();
    private final Map<String, YamlNode> values = new HashMap<>();

    private Fields(YamlNode.Mapping mapping, String what, Problems problems, boolean readable) {
        this.readable = readable;
        this.mapping = mapping;
        this.what = what;
        this.problems = problems;
        mapping.entries().forEach(entry -> values.put(entry.key().text(), entry.value()));
    }

    /**
     * The fields of a node that should be a mapping.
     *
     * @param what the thing described, for messages: {@code service 'agent'}
     */
    public static Fields of(YamlNode node, String what, Problems problems) {
        if (node instanceof YamlNode.Mapping mapping) {
            return new Fields(mapping, what, problems, true);
        }
        boolean empty = node instanceof YamlNode.Scalar scalar && scalar.isNull();
        if (!empty) {
            problems.add(node.position(), what + " must be a mapping, not " + node.describe());
        }
        return new Fields(new YamlNode.Mapping(List.of(), node.position()), what, problems, empty);
    }

    public Position position() {
        return mapping.position();
    }

    /** What these fields describe, for messages. */
    public String what() {
        return what;
    }

    public Problems problems() {
        return problems;
    }

    /** Every key that the mapping has, in the order of the document. */
    public List<YamlNode.Scalar> keys() {
        return mapping.entries().stream().map(YamlNode.Entry::key).toList();
    }

    /** The value as it stands, unless it is absent or empty. */
    public Optional<YamlNode> node(String key) {
        known.add(key);
        return Optional.ofNullable(values.get(key))
                .filter(value -> !(value instanceof YamlNode.Scalar scalar && scalar.isNull()));
    }

    /** The value, whose absence is a problem. */
    public Optional<YamlNode> requiredNode(String key) {
        Optional<YamlNode> value = node(key);
        if (value.isEmpty() && readable) {
            problems.add(mapping.position(), what + " needs the key '" + key + "'");
        }
        return value;
    }

    /** Whether there is a mapping, or nothing; what is else was reported. */
    public boolean isReadable() {
        return readable;
    }

    /** Text; a number or a truth value without quotes is a problem. */
    public Optional<String> text(String key) {
        return node(key).flatMap(value -> text(key, value));
    }

    /** Text; a problem and the empty string when it is absent. */
    public String requiredText(String key) {
        return requiredNode(key).flatMap(value -> text(key, value)).orElse("");
    }

    /** One of several words, as {@code toString} of each value has them; nothing when absent or the empty text. */
    public <T> Optional<T> choice(String key, T[] values) {
        Optional<String> written = text(key).filter(text -> !text.isEmpty());
        Optional<T> chosen = written.flatMap(word ->
                Stream.of(values).filter(value -> value.toString().equals(word)).findFirst());
        if (written.isPresent() && chosen.isEmpty()) {
            List<String> words = Stream.of(values).map(Object::toString).toList();
            problem(
                    key,
                    "must be " + String.join(" or ", words) + ", not '" + written.get() + "'"
                            + Suggestion.closest(written.get(), words)
                                    .map(closest -> " — did you mean '" + closest + "'?")
                                    .orElse(""));
        }
        return chosen;
    }

    /** Reports what is wrong with the value of a key, or with its absence. */
    public void problem(String key, String message) {
        YamlNode value = values.get(key);
        Position position = value == null ? mapping.position() : value.position();
        problems.add(position, "'" + key + "' of " + what + " " + message);
    }

    public Optional<Boolean> bool(String key) {
        return node(key).flatMap(value -> {
            Optional<Boolean> found = value instanceof YamlNode.Scalar scalar ? scalar.bool() : Optional.empty();
            return found.isPresent() ? found : wrongType(key, value, "true or false");
        });
    }

    public OptionalLong integer(String key) {
        Optional<Long> found = node(key).flatMap(value -> integer(key, value));
        return found.map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    /** Permission bits, which a document writes as quoted octal text: {@code "0644"}. */
    public OptionalInt mode(String key) {
        Optional<YamlNode> value = node(key);
        Optional<Integer> mode = value.flatMap(node -> text(key, node)).flatMap(text -> {
            if (OCTAL.matcher(text).matches()) {
                return Optional.of(Integer.parseInt(text, 8));
            }
            problems.add(
                    value.get().position(),
                    "'" + key + "' of " + what + " must be an octal mode such as \"0644\", not '" + text + "'");
            return Optional.empty();
        });
        return mode.map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    /** A list of texts; empty when absent. */
    public List<String> texts(String key) {
        return textItems(key, (text, position) -> Optional.of(text));
    }

    /** A list of texts, or nothing when the key is absent: an empty list is a value of its own. */
    public Optional<List<String>> optionalTexts(String key) {
        return node(key).map(value -> texts(key));
    }

    /** What the reader makes of each text of a list; empty when absent. The reader reports what it cannot use. */
    public <T> List<T> textItems(String key, BiFunction<String, Position, Optional<T>> reader) {
        return items(key, item -> text(key, item).flatMap(text -> reader.apply(text, item.position())));
    }

    /** A mapping of texts in the order of the document; empty when absent. */
    public Map<String, String> textMap(String key) {
        Map<String, String> values = new LinkedHashMap<>();
        node(key).ifPresent(value -> {
            if (value instanceof YamlNode.Mapping entries) {
                for (YamlNode.Entry entry : entries.entries()) {
                    text(entry.key().text(), entry.value())
                            .ifPresent(text -> values.put(entry.key().text(), text));
                }
            } else {
                wrongType(key, value, "a mapping");
            }
        });
        return values;
    }

    /** The fields of a nested mapping, if it is there. */
    public Optional<Fields> fields(String key) {
        return node(key).map(value -> of(value, "'" + key + "' of " + what, problems));
    }

    /** Each item of a list as the reader makes it; items it reports as wrong are left out. Empty when absent. */
    public <T> List<T> items(String key, Function<YamlNode, Optional<T>> reader) {
        List<T> items = new ArrayList<>();
        node(key).ifPresent(value -> {
            if (value instanceof YamlNode.Sequence sequence) {
                sequence.items().forEach(item -> reader.apply(item).ifPresent(items::add));
            } else {
                wrongType(key, value, "a list");
            }
        });
        return items;
    }

    /** Reports every key that nobody asked for. */
    public void finish() {
        finish(Map.of());
    }

    /**
     * Reports every key that nobody asked for.
     *
     * @param elsewhere what to write instead of keys that people know from other programs
     */
    public void finish(Map<String, String> elsewhere) {
        for (YamlNode.Entry entry : mapping.entries()) {
            String key = entry.key().text();
            if (!known.contains(key)) {
                problems.add(
                        entry.key().position(),
                        () -> "unknown key '" + key + "' in " + what + " — "
                                + Optional.ofNullable(elsewhere.get(key)).orElseGet(() -> expected(key)));
            }
        }
    }

    private String expected(String key) {
        return Suggestion.closest(key, known)
                .map(closest -> "did you mean '" + closest + "'?")
                .orElse(
                        known.size() > MAX_LISTED
                                ? "the names of its " + known.size() + " keys are in the schema: osie-build schema"
                                : "expected one of " + String.join(", ", known));
    }

    private Optional<String> text(String key, YamlNode value) {
        if (value instanceof YamlNode.Scalar scalar) {
            if (scalar.isText()) {
                return Optional.of(scalar.text());
            }
            if (scalar.isNull() && scalar.text().isEmpty()) {
                return wrongType(key, value, "text");
            }
            problems.add(
                    value.position(),
                    () -> "'" + key + "' of " + what + " must be text: write \"" + scalar.text() + "\" with quotes ("
                            + scalar.reading() + ")");
            return Optional.empty();
        }
        return wrongType(key, value, "text");
    }

    private Optional<Long> integer(String key, YamlNode value) {
        OptionalLong found = value instanceof YamlNode.Scalar scalar ? scalar.integer() : OptionalLong.empty();
        if (found.isEmpty()
                && value instanceof YamlNode.Scalar scalar
                && scalar.type() == YamlNode.Scalar.Type.INTEGER) {
            problems.add(
                    value.position(),
                    () -> "'" + key + "' of " + what + " must be a whole number of at most 64 bits (" + scalar.reading()
                            + ")");
            return Optional.empty();
        }
        return found.isPresent() ? Optional.of(found.getAsLong()) : wrongType(key, value, "a whole number");
    }

    private <T> Optional<T> wrongType(String key, YamlNode value, String expected) {
        problems.add(
                value.position(),
                () -> "'" + key + "' of " + what + " must be " + expected + ", not " + value.describe());
        return Optional.empty();
    }
}
