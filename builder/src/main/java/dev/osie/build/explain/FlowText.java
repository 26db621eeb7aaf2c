package dev.osie.build.explain;

import dev.osie.build.yaml.YamlNode;
import java.util.stream.Collectors;

/** A value on one line, much as YAML's flow style has it; a text of several lines is cut after its first. */
final class FlowText {
    private FlowText() {}

    static String of(YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            return mapping.entries().stream()
                    .map(entry -> entry.key().text() + ": " + of(entry.value()))
                    .collect(Collectors.joining(", ", "{ ", " }"));
        }
        if (node instanceof YamlNode.Sequence sequence) {
            return sequence.items().stream().map(FlowText::of).collect(Collectors.joining(", ", "[", "]"));
        }
        String text = ((YamlNode.Scalar) node).text();
        if (text.isEmpty()) {
            return ((YamlNode.Scalar) node).isNull() ? "" : "\"\"";
        }
        String first = text.lines().findFirst().orElse("");
        return text.strip().equals(first.strip()) ? first : first + " …";
    }
}
