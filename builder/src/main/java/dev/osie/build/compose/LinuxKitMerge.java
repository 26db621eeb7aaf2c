package dev.osie.build.compose;

import dev.osie.build.yaml.YamlNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Joins plain LinuxKit documents as {@code linuxkit build A.yml B.yml} does: a field of {@code kernel} that a later document fills in
 * replaces the earlier one, and all lists are appended. What may not be there twice is reported by the reader of the result.
 */
final class LinuxKitMerge {
    private final History history;
    private final Map<String, YamlNode.Entry> sections = new LinkedHashMap<>();

    private LinuxKitMerge(History history) {
        this.history = history;
    }

    static YamlNode.Mapping join(List<YamlNode.Mapping> documents, History history) {
        LinuxKitMerge merge = new LinuxKitMerge(history);
        documents.forEach(document -> document.entries().forEach(merge::add));
        return new YamlNode.Mapping(
                List.copyOf(merge.sections.values()),
                documents.get(documents.size() - 1).position());
    }

    private void add(YamlNode.Entry section) {
        String name = section.key().text();
        YamlNode.Entry earlier = sections.get(name);
        if (earlier == null) {
            sections.put(name, section);
        } else if (!isEmpty(section.value())) {
            sections.put(name, new YamlNode.Entry(section.key(), joined(earlier.value(), section.value())));
        }
    }

    private YamlNode joined(YamlNode earlier, YamlNode later) {
        if (earlier instanceof YamlNode.Sequence above && later instanceof YamlNode.Sequence below) {
            List<YamlNode> items = new ArrayList<>(above.items());
            items.addAll(below.items());
            return new YamlNode.Sequence(items, later.position());
        }
        if (earlier instanceof YamlNode.Mapping lower && later instanceof YamlNode.Mapping upper) {
            return fields(lower, upper);
        }
        // One of them has the wrong type, or nothing in it. The reader shall see the one that is wrong.
        return isEmpty(earlier) || earlier instanceof YamlNode.Sequence ? later : earlier;
    }

    private YamlNode fields(YamlNode.Mapping lower, YamlNode.Mapping upper) {
        Map<String, YamlNode.Entry> fields = new LinkedHashMap<>();
        lower.entries().forEach(field -> fields.put(field.key().text(), field));
        for (YamlNode.Entry field : upper.entries()) {
            YamlNode.Entry earlier = fields.get(field.key().text());
            if (earlier == null || !isEmpty(field.value())) {
                fields.put(field.key().text(), field);
            }
            if (earlier != null && !isEmpty(field.value())) {
                history.replace(earlier.value(), field.value());
            }
        }
        return new YamlNode.Mapping(List.copyOf(fields.values()), upper.position());
    }

    private static boolean isEmpty(YamlNode node) {
        return node instanceof YamlNode.Scalar scalar
                && (scalar.isNull() || scalar.text().isEmpty());
    }
}
