package dev.osie.build.explain;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.compose.Composition;
import dev.osie.build.compose.History;
import dev.osie.build.failure.BuildException;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Suggestion;
import dev.osie.build.yaml.YamlNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Tells which line of which document set a value. A path leads to the value from the composed document's root, its steps parted by
 * slashes: keys, names of entries ({@code services/docker/capabilities}, {@code files/etc/motd/mode}), and numbers of other items, from 0.
 */
public final class DocumentExplanation {
    /** The sections a path can begin with. */
    public static final List<String> SECTIONS =
            List.of("kernel", "init", "volumes", "onboot", "onshutdown", "services", "files", "trust", "osie");

    private static final List<String> NAMED = List.of("volumes", "onboot", "onshutdown", "services", "files");

    private final YamlNode.Mapping document;
    private final History history;

    public DocumentExplanation(Composition composition) {
        this.document = composition.document().source();
        this.history = composition.history();
    }

    /** Whether a path means a value of the document; any other means a file. */
    public static boolean isDocumentPath(String path) {
        return SECTIONS.contains(path.split("/", 2)[0]);
    }

    /** A step that can be taken from a node. */
    private record Step(String name, YamlNode value) {
        boolean begins(String path) {
            return path.equals(name) || path.startsWith(name + "/");
        }
    }

    /**
     * Explains a value: of a mapping each key, of a list either the list or, when several documents had a part in it, each item.
     *
     * @throws BuildException {@code BAD_INPUT} when nothing is there, with the likely name
     */
    public List<Finding> explain(String path) {
        YamlNode node = document;
        String walked = "";
        String rest = path.replaceAll("/+$", "");
        String name = "";
        while (!rest.isEmpty()) {
            String remaining = rest;
            List<Step> steps = steps(node, walked);
            // Names of files have slashes in them: the longest name that fits is meant.
            Step step = steps.stream()
                    .filter(candidate -> candidate.begins(remaining))
                    .max(Comparator.comparingInt(candidate -> candidate.name().length()))
                    .orElseThrow(() -> missing(steps, remaining, path));
            node = step.value();
            name = step.name();
            walked = walked.isEmpty() ? name : walked + "/" + name;
            rest = rest.substring(Math.min(rest.length(), name.length() + 1));
        }
        List<Finding> findings = new ArrayList<>();
        describe(name, node, NAMED.contains(walked), findings);
        return findings;
    }

    /** The value at a path whose steps are plain keys, if it is there. */
    Optional<YamlNode> find(YamlNode.Mapping entry, String path) {
        YamlNode node = entry;
        for (String key : path.split("/")) {
            Optional<YamlNode> next = node instanceof YamlNode.Mapping mapping ? mapping.get(key) : Optional.empty();
            if (next.isEmpty()) {
                return Optional.empty();
            }
            node = next.get();
        }
        return Optional.of(node);
    }

    List<Finding> describe(String name, YamlNode node) {
        List<Finding> findings = new ArrayList<>();
        describe(name, node, false, findings);
        return findings;
    }

    private static List<Step> steps(YamlNode node, String walked) {
        if (node instanceof YamlNode.Mapping mapping) {
            return mapping.entries().stream()
                    .map(entry -> new Step(entry.key().text(), entry.value()))
                    .toList();
        }
        List<Step> steps = new ArrayList<>();
        if (node instanceof YamlNode.Sequence sequence) {
            for (YamlNode item : sequence.items()) {
                Optional<String> name = NAMED.contains(walked) ? name(walked, item) : Optional.empty();
                steps.add(new Step(name.orElse(Integer.toString(steps.size())), item));
            }
        }
        return steps;
    }

    private static Optional<String> name(String section, YamlNode item) {
        return item instanceof YamlNode.Mapping entry
                ? entry.get(section.equals("files") ? "path" : "name")
                        .filter(YamlNode.Scalar.class::isInstance)
                        .map(name -> ((YamlNode.Scalar) name).text().replaceFirst("^/+", ""))
                : Optional.empty();
    }

    private BuildException missing(List<Step> steps, String rest, String path) {
        List<String> names = steps.stream().map(Step::name).toList();
        String wanted = rest.split("/", 2)[0];
        String above = path.substring(0, path.replaceAll("/+$", "").length() - rest.length());
        BuildException failure = badInput("The composed document has no '" + wanted + "'"
                + (above.isEmpty() ? "" : " in " + above.substring(0, above.length() - 1)) + ".");
        Optional<BuildException> removal = history.removal(above + rest)
                .or(() -> history.removal(above + wanted))
                .map(position -> failure.hint("It was removed at " + position + "."));
        if (removal.isPresent()) {
            return removal.get();
        }
        return Suggestion.closest(rest, names)
                .or(() -> Suggestion.closest(wanted, names))
                .map(closest -> failure.hint("Did you mean " + above + closest + "?"))
                .orElseGet(() -> names.isEmpty() ? failure : failure.hint("There are: " + String.join(", ", names)));
    }

    private void describe(String name, YamlNode node, boolean listOfNames, List<Finding> findings) {
        if (node instanceof YamlNode.Mapping mapping && !mapping.entries().isEmpty()) {
            String prefix = isEntry(mapping) ? "" : name + "/";
            mapping.entries().forEach(entry -> describe(prefix + entry.key().text(), entry.value(), false, findings));
        } else if (listOfNames && node instanceof YamlNode.Sequence sequence) {
            sequence.items().forEach(item -> findings.add(at(item.position(), heading(name, item))));
        } else if (node instanceof YamlNode.Sequence sequence && isOfSeveralDocuments(sequence)) {
            sequence.items().forEach(item -> findings.add(at(item.position(), name + ": " + FlowText.of(item))));
            replaced(name, node, findings);
        } else {
            findings.add(at(node.position(), name + ": " + FlowText.of(node)));
            replaced(name, node, findings);
        }
    }

    private static String heading(String section, YamlNode item) {
        return name(section, item).orElse(FlowText.of(item));
    }

    /** Whether it is an entry of a list, whose keys need no name before them. */
    private static boolean isEntry(YamlNode.Mapping mapping) {
        return mapping.get("name").isPresent() || mapping.get("path").isPresent();
    }

    private void replaced(String name, YamlNode node, List<Finding> findings) {
        for (YamlNode below : history.below(node)) {
            findings.add(at(below.position(), "  instead of " + name + ": " + FlowText.of(below)));
        }
    }

    private static boolean isOfSeveralDocuments(YamlNode.Sequence sequence) {
        return sequence.items().stream()
                        .map(item -> item.position().document())
                        .distinct()
                        .count()
                > 1;
    }

    private static Finding at(Position position, String what) {
        return new Finding(position.toString(), what);
    }
}
