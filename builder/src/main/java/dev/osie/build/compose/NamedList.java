package dev.osie.build.compose;

import static java.util.stream.Collectors.partitioningBy;

import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import dev.osie.build.yaml.YamlNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A list whose entries have names. An entry of an upper document is laid over the entry of the same name, or appended when there is
 * none. {@code $before: NAME} and {@code $after: NAME} place it, {@code $remove: true} takes the entry of that name away, and one
 * with {@code $optional: true} is only for an entry that another document has: of a lower or an upper one.
 *
 * <p>Names are looked up among the lower documents' entries: one document may use a name twice, as LinuxKit allows for
 * {@code onboot}.
 */
final class NamedList {
    /** The lists that have names, and the key that holds the name. */
    static final Map<String, String> KEYS =
            Map.of("onboot", "name", "onshutdown", "name", "services", "name", "volumes", "name", "files", "path");

    private static final String BEFORE = "$before";
    private static final String AFTER = "$after";
    static final String REMOVE = "$remove";
    private static final String OPTIONAL = "$optional";
    static final Set<String> DIRECTIVES = Set.of(BEFORE, AFTER, REMOVE, OPTIONAL);

    private final String section;
    private final List<YamlNode> entries;
    private final Merge merge;
    private final History history;
    private final Problems problems;
    private final Map<String, Integer> lower = new HashMap<>();

    NamedList(String section, List<YamlNode> below, Merge merge, History history, Problems problems) {
        this.section = section;
        this.entries = new ArrayList<>(below);
        this.merge = merge;
        this.history = history;
        this.problems = problems;
        below.forEach(entry -> name(entry).ifPresent(name -> lower.merge(name, 1, Integer::sum)));
    }

    YamlNode.Sequence result(Position position) {
        return new YamlNode.Sequence(entries, position);
    }

    void add(YamlNode.Sequence above) {
        for (YamlNode item : above.items()) {
            Optional<String> name = name(item);
            if (item instanceof YamlNode.Mapping mapping && name.isPresent()) {
                add(mapping, name.get());
            } else {
                // The reader of the merged document says what is wrong with it.
                entries.add(item);
            }
        }
    }

    private void add(YamlNode.Mapping above, String name) {
        int matches = lower.getOrDefault(name, 0);
        if (matches > 1) {
            problems.add(
                    above.position(),
                    "'" + name + "' stands " + matches + " times in '" + section
                            + "' below, so it is not clear which one is meant");
            return;
        }
        int index = matches == 1 ? indexOf(name) : -1;
        if (isTrue(above, REMOVE)) {
            if (index < 0) {
                unknown(name, above.position());
            } else {
                entries.remove(index);
                lower.remove(name);
                history.remove(section, name, above.position());
            }
            return;
        }
        YamlNode.Mapping content = withoutDirectives(above);
        if (isTrue(above, OPTIONAL) && index < 0) {
            merge.defer(section, name, content);
            return;
        }
        if (index >= 0 && entries.get(index) instanceof YamlNode.Mapping below) {
            entries.set(index, merge.mappings(below, content));
        } else {
            index = entries.size();
            entries.add(merge.mappings(new YamlNode.Mapping(List.of(), above.position()), content));
        }
        place(above, index);
    }

    private void place(YamlNode.Mapping above, int index) {
        Optional<YamlNode> before = above.get(BEFORE);
        Optional<YamlNode> after = above.get(AFTER);
        if (before.isPresent() && after.isPresent()) {
            problems.add(above.position(), "an entry can have " + BEFORE + " or " + AFTER + ", not both");
            return;
        }
        before.or(() -> after).ifPresent(target -> {
            YamlNode moved = entries.remove(index);
            String wanted = target instanceof YamlNode.Scalar scalar ? normal(scalar.text()) : "";
            int found = indexOf(wanted);
            if (found < 0) {
                unknown(wanted, target.position());
                entries.add(moved);
            } else {
                entries.add(before.isPresent() ? found : found + 1, moved);
            }
        });
    }

    private void unknown(String name, Position position) {
        List<String> names =
                entries.stream().flatMap(entry -> name(entry).stream()).toList();
        String expected = Suggestion.closest(name, names)
                .map(closest -> "did you mean '" + closest + "'?")
                .orElse(names.isEmpty() ? "there is none below" : "there are " + String.join(", ", names));
        problems.add(position, "no entry '" + name + "' in '" + section + "' — " + expected);
    }

    private boolean isTrue(YamlNode.Mapping above, String directive) {
        Optional<YamlNode> value = above.get(directive);
        if (value.isEmpty()) {
            return false;
        }
        if (value.get() instanceof YamlNode.Scalar scalar
                && scalar.type() == YamlNode.Scalar.Type.BOOLEAN
                && scalar.text().equals("true")) {
            return true;
        }
        problems.add(value.get().position(), directive + " can only be true");
        return false;
    }

    private static YamlNode.Mapping withoutDirectives(YamlNode.Mapping entry) {
        return new YamlNode.Mapping(
                entry.entries().stream()
                        .filter(field -> !DIRECTIVES.contains(field.key().text()))
                        .toList(),
                entry.position());
    }

    /** Has an entry that is there take what another adds, and of the rest what it doesn't say itself. */
    void complete(String name, YamlNode.Mapping other) {
        int index = indexOf(name);
        if (index >= 0 && entries.get(index) instanceof YamlNode.Mapping entry) {
            Map<Boolean, List<YamlNode.Entry>> fields =
                    other.entries().stream().collect(partitioningBy(Merge::isAddition));
            YamlNode.Mapping rest = new YamlNode.Mapping(fields.get(false), other.position());
            YamlNode.Mapping additions = new YamlNode.Mapping(fields.get(true), entry.position());
            entries.set(index, merge.mappings(merge.mappings(rest, entry), additions));
        }
    }

    private int indexOf(String name) {
        for (int i = 0; i < entries.size(); i++) {
            if (name(entries.get(i))
                    .filter(found -> Objects.equals(found, name))
                    .isPresent()) {
                return i;
            }
        }
        return -1;
    }

    private Optional<String> name(YamlNode entry) {
        return entry instanceof YamlNode.Mapping mapping
                ? mapping.get(KEYS.get(section))
                        .filter(YamlNode.Scalar.class::isInstance)
                        .map(name -> normal(((YamlNode.Scalar) name).text()))
                : Optional.empty();
    }

    /** Paths with and without a leading slash are the same file. */
    private String normal(String name) {
        return section.equals("files") && name.startsWith("/") ? name.substring(1) : name;
    }
}
