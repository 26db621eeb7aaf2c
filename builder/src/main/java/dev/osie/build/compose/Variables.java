package dev.osie.build.compose;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import dev.osie.build.yaml.YamlNode;
import dev.osie.build.yaml.YamlNode.Scalar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The variables of a composition. {@code ${NAME}} in a value stands for the variable's value, {@code $${NAME}} for the text
 * <code>${NAME}</code> itself; any other use of {@code $} is left as it is. Keys are never changed.
 */
final class Variables {
    private static final Pattern REFERENCE = Pattern.compile("(\\$?)\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

    private final Map<String, Scalar> values;
    private final Set<String> given;
    private final Set<String> used = new HashSet<>();
    private final Problems problems;
    private final boolean fragment;
    private final Set<Position> open = new HashSet<>();

    private Variables(Map<String, Scalar> values, Set<String> given, boolean fragment, Problems problems) {
        this.values = values;
        this.given = given;
        this.fragment = fragment;
        this.problems = problems;
    }

    /** The variables that documents declare, a later document's default first, and the caller's value before any. */
    static Variables of(List<Source> sources, Map<String, String> given, Problems problems) {
        Map<String, Scalar> values = new LinkedHashMap<>();
        sources.forEach(source -> declareAll(source, values, problems));
        given.forEach((name, value) -> {
            Scalar declared = values.get(name);
            if (declared == null) {
                throw badInput("--set " + name + ": no document declares this variable; " + expected(name, values));
            }
            values.put(name, new Scalar(value, Scalar.Type.TEXT, declared.position()));
        });
        values.forEach((name, value) -> {
            if (value.isNull()) {
                problems.add(
                        value.position(),
                        "the variable " + name + " needs a value: give it with --set " + name + "=VALUE");
            }
        });
        return new Variables(values, given.keySet(), false, problems);
    }

    /** Reports values that the caller gave and no document uses: whoever gave them expected something to change. */
    void checkUse() {
        for (String name : new TreeSet<>(given)) {
            if (!used.contains(name)) {
                problems.add(
                        values.get(name).position(),
                        "--set " + name + ": the variable is declared here, but no document uses ${" + name + "}");
            }
        }
    }

    /** The variables for a check, where the name of one without a default stands for the value that whoever builds will give. */
    static Variables ofCheck(List<Source> sources, Problems problems) {
        Map<String, Scalar> values = new LinkedHashMap<>();
        sources.forEach(source -> declareAll(source, values, problems));
        values.replaceAll(
                (name, value) -> value.isNull() ? new Scalar(name, Scalar.Type.TEXT, value.position()) : value);
        return new Variables(values, Set.of(), false, problems);
    }

    /** The variables of a piece or overlay by itself, where the name of a variable stands for a value that is not known. */
    static Variables ofFragment(Source source, Problems problems) {
        Map<String, Scalar> values = new LinkedHashMap<>();
        declareAll(source, values, problems);
        values.values().removeIf(Scalar::isNull);
        return new Variables(values, Set.of(), true, problems);
    }

    private static void declareAll(Source source, Map<String, Scalar> values, Problems problems) {
        source.osie()
                .flatMap(osie -> osie.get("vars"))
                .filter(YamlNode.Mapping.class::isInstance)
                .map(YamlNode.Mapping.class::cast)
                .ifPresent(vars -> vars.entries().forEach(entry -> declare(entry, values, problems)));
    }

    private static void declare(YamlNode.Entry entry, Map<String, Scalar> values, Problems problems) {
        String name = entry.key().text();
        if (entry.value() instanceof Scalar value && (value.isText() || value.isNull())) {
            // A declaration without a default leaves the default of a lower document.
            if (!value.isNull() || !values.containsKey(name)) {
                values.put(name, value);
            }
            if (REFERENCE.matcher(value.text()).find()) {
                problems.add(value.position(), "the value of the variable " + name + " cannot refer to another");
            }
        } else {
            problems.add(
                    entry.value().position(),
                    "the variable " + name + " must be text in quotes, not "
                            + entry.value().describe());
        }
    }

    /** The values by name, as a mapping of texts. */
    YamlNode.Mapping asMapping(Position position) {
        List<YamlNode.Entry> entries = new ArrayList<>();
        values.forEach((name, value) ->
                entries.add(new YamlNode.Entry(new Scalar(name, Scalar.Type.TEXT, value.position()), value)));
        return new YamlNode.Mapping(entries, position);
    }

    /** Where a name stands for a value that is not known. */
    Set<Position> open() {
        return open;
    }

    YamlNode.Mapping substitute(YamlNode.Mapping mapping) {
        return new YamlNode.Mapping(
                mapping.entries().stream()
                        .map(entry -> new YamlNode.Entry(entry.key(), substitute(entry.value())))
                        .toList(),
                mapping.position());
    }

    private YamlNode substitute(YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            return substitute(mapping);
        }
        if (node instanceof YamlNode.Sequence sequence) {
            return new YamlNode.Sequence(
                    sequence.items().stream().map(this::substitute).toList(), sequence.position());
        }
        Scalar scalar = (Scalar) node;
        return scalar.text().contains("${")
                ? new Scalar(substitute(scalar.text(), scalar.position()), scalar.type(), scalar.position())
                : scalar;
    }

    private String substitute(String text, Position position) {
        Matcher matcher = REFERENCE.matcher(text);
        return matcher.replaceAll(match -> {
            String name = match.group(2);
            if (!match.group(1).isEmpty()) {
                return Matcher.quoteReplacement("${" + name + "}");
            }
            if (!values.containsKey(name) && fragment) {
                open.add(position);
                return name;
            }
            if (!values.containsKey(name)) {
                problems.add(
                        position,
                        "the variable ${" + name + "} is not declared: " + expected(name, values)
                                + " (for the text itself write $${" + name + "})");
                return "";
            }
            used.add(name);
            return Matcher.quoteReplacement(values.get(name).text());
        });
    }

    private static String expected(String name, Map<String, Scalar> values) {
        return Suggestion.closest(name, values.keySet())
                .map(closest -> "did you mean " + closest + "?")
                .orElse(
                        values.isEmpty()
                                ? "no document has 'vars' under 'osie'"
                                : "there are " + String.join(", ", values.keySet()));
    }
}
