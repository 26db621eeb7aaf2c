package dev.osie.build.compose;

import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lays documents over each other:
 *
 * <ul>
 *   <li>mappings are joined by key, and the upper document's value replaces the lower's;
 *   <li>{@code key: null} removes the key;
 *   <li>{@code key.add} appends to the list {@code key};
 *   <li>{@code onboot}, {@code onshutdown}, {@code services}, {@code volumes} and {@code files} are joined by name, see
 *       {@link NamedList};
 *   <li>images of {@code init} that are not there yet are appended.
 * </ul>
 *
 * Every value keeps the position it was written at.
 */
final class Merge {
    static final String ADD = ".add";

    /** Takes away from named module sets; what several documents take away adds up, too. */
    private static final String DROP = "modules.drop";

    /** The keys that keep their {@code .add}: it adds to what an image's label or a named module set has, or to nothing yet. */
    private static final Set<String> LASTING = Set.of(
            "capabilities.add",
            "binds.add",
            "modules.add",
            "modules.drop",
            "drivers.add",
            "blacklist.add",
            "load.add",
            "firmware.add",
            "embed.add");

    /** Of these, what is added to is not the list of the same name: {@code modules} names sets, {@code modules.add} modules. */
    private static final Set<String> BESIDE = Set.of("modules.add", "modules.drop", "drivers.add", "firmware.add");

    private final History history;
    private final Problems problems;
    private final List<Deferred> deferred = new ArrayList<>();
    private YamlNode.Mapping result = new YamlNode.Mapping(List.of(), new Position("nothing", 1, 1));

    /** An entry that is only for one of its name, which no document had so far. */
    private record Deferred(String section, String name, YamlNode.Mapping content) {}

    Merge(History history, Problems problems) {
        this.history = history;
        this.problems = problems;
    }

    /** Lays a document over what was added before. */
    void add(YamlNode.Mapping document) {
        result = new YamlNode.Mapping(sections(result, document), document.position());
    }

    /** The merged document, with the variables' values in the place of their declarations. */
    YamlNode.Mapping result(Variables variables) {
        List<YamlNode.Entry> sections = new ArrayList<>();
        for (YamlNode.Entry section : result.entries()) {
            if (section.key().text().equals("osie") && section.value() instanceof YamlNode.Mapping osie) {
                sections.add(new YamlNode.Entry(section.key(), withValues(osie, variables)));
            } else {
                sections.add(section);
            }
        }
        YamlNode.Mapping complete = withDeferred(new YamlNode.Mapping(sections, result.position()));
        checkAdditions(complete);
        return complete;
    }

    void defer(String section, String name, YamlNode.Mapping content) {
        deferred.add(new Deferred(section, name, content));
    }

    private YamlNode.Mapping withDeferred(YamlNode.Mapping complete) {
        Map<String, YamlNode.Entry> sections = byKey(complete);
        for (Deferred entry : deferred) {
            YamlNode.Entry section = sections.get(entry.section());
            if (section != null) {
                NamedList named = new NamedList(entry.section(), items(section), this, history, problems);
                named.complete(entry.name(), entry.content());
                sections.put(
                        entry.section(),
                        new YamlNode.Entry(
                                section.key(), named.result(section.value().position())));
            }
        }
        return new YamlNode.Mapping(List.copyOf(sections.values()), complete.position());
    }

    private static YamlNode.Mapping withValues(YamlNode.Mapping osie, Variables variables) {
        List<YamlNode.Entry> entries = new ArrayList<>();
        for (YamlNode.Entry entry : osie.entries()) {
            String key = entry.key().text();
            if (key.equals("vars")) {
                entries.add(new YamlNode.Entry(
                        entry.key(), variables.asMapping(entry.value().position())));
            } else if (!key.equals("pieces") && !key.equals("pieces.add")) {
                entries.add(entry);
            }
        }
        return new YamlNode.Mapping(entries, osie.position());
    }

    private List<YamlNode.Entry> sections(YamlNode.Mapping below, YamlNode.Mapping above) {
        Map<String, YamlNode.Entry> merged = byKey(below);
        List<YamlNode.Entry> plain = new ArrayList<>();
        for (YamlNode.Entry entry : above.entries()) {
            String key = entry.key().text();
            boolean list = entry.value() instanceof YamlNode.Sequence;
            if (NamedList.KEYS.containsKey(key) && list) {
                NamedList named = new NamedList(key, items(merged.get(key)), this, history, problems);
                named.add((YamlNode.Sequence) entry.value());
                merged.put(
                        key,
                        new YamlNode.Entry(
                                entry.key(), named.result(entry.value().position())));
            } else if (key.equals("init") && list) {
                merged.put(key, new YamlNode.Entry(entry.key(), init(items(merged.get(key)), entry.value())));
            } else {
                plain.add(entry);
            }
        }
        overlay(merged, plain);
        return List.copyOf(merged.values());
    }

    /** One mapping over another. */
    YamlNode.Mapping mappings(YamlNode.Mapping below, YamlNode.Mapping above) {
        Map<String, YamlNode.Entry> merged = byKey(below);
        overlay(merged, above.entries());
        return new YamlNode.Mapping(List.copyOf(merged.values()), above.position());
    }

    private void overlay(Map<String, YamlNode.Entry> merged, List<YamlNode.Entry> above) {
        // Additions come last, so that a document can replace a list and add to it in any order.
        above.stream().filter(entry -> !isAddition(entry)).forEach(entry -> replace(merged, entry));
        above.stream().filter(Merge::isAddition).forEach(entry -> append(merged, entry));
    }

    private void replace(Map<String, YamlNode.Entry> merged, YamlNode.Entry above) {
        String key = above.key().text();
        if (isNull(above.value())) {
            merged.remove(key);
            return;
        }
        YamlNode.Entry below = merged.get(key);
        YamlNode.Mapping lower = below != null && below.value() instanceof YamlNode.Mapping mapping
                ? mapping
                : new YamlNode.Mapping(List.of(), above.value().position());
        // A mapping over nothing is merged too, so that what it removes or adds is gone from it.
        YamlNode value = above.value() instanceof YamlNode.Mapping upper ? mappings(lower, upper) : above.value();
        if (below != null && !(value instanceof YamlNode.Mapping && below.value() == lower)) {
            history.replace(below.value(), value);
        }
        merged.put(key, new YamlNode.Entry(above.key(), value));
    }

    private void append(Map<String, YamlNode.Entry> merged, YamlNode.Entry above) {
        String addition = above.key().text();
        String key = addition.substring(0, addition.lastIndexOf('.'));
        if (isNull(above.value())) {
            merged.remove(addition);
            return;
        }
        if (!(above.value() instanceof YamlNode.Sequence added)) {
            problems.add(
                    above.value().position(),
                    "'" + addition + "' must be a list, not " + above.value().describe());
            return;
        }
        YamlNode.Entry list = merged.get(key);
        boolean toList = !BESIDE.contains(addition) && list != null && list.value() instanceof YamlNode.Sequence;
        YamlNode.Entry below = toList ? list : merged.get(addition);
        List<YamlNode> items = new ArrayList<>(items(below));
        items.addAll(added.items());
        YamlNode.Scalar name = toList ? list.key() : above.key();
        YamlNode.Sequence longer = new YamlNode.Sequence(items, added.position());
        if (below != null) {
            history.inherit(below.value(), longer);
        }
        merged.put(name.text(), new YamlNode.Entry(name, longer));
    }

    private void checkAdditions(YamlNode node) {
        if (node instanceof YamlNode.Sequence sequence) {
            sequence.items().forEach(this::checkAdditions);
        } else if (node instanceof YamlNode.Mapping mapping) {
            for (YamlNode.Entry entry : mapping.entries()) {
                String key = entry.key().text();
                if (isAddition(entry) && !LASTING.contains(key)) {
                    problems.add(
                            entry.key().position(),
                            "'" + key + "' finds no list to add to: no document below sets '"
                                    + key.substring(0, key.length() - ADD.length()) + "'");
                }
                checkAdditions(entry.value());
            }
        }
    }

    private static YamlNode init(List<YamlNode> below, YamlNode above) {
        List<YamlNode> images = new ArrayList<>(below);
        for (YamlNode image : ((YamlNode.Sequence) above).items()) {
            if (images.stream().noneMatch(earlier -> sameText(earlier, image))) {
                images.add(image);
            }
        }
        return new YamlNode.Sequence(images, above.position());
    }

    private static boolean sameText(YamlNode a, YamlNode b) {
        return a instanceof YamlNode.Scalar one
                && b instanceof YamlNode.Scalar other
                && one.text().equals(other.text());
    }

    private static List<YamlNode> items(YamlNode.Entry entry) {
        return entry != null && entry.value() instanceof YamlNode.Sequence sequence ? sequence.items() : List.of();
    }

    private static Map<String, YamlNode.Entry> byKey(YamlNode.Mapping mapping) {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        mapping.entries().forEach(entry -> entries.put(entry.key().text(), entry));
        return entries;
    }

    static boolean isAddition(YamlNode.Entry entry) {
        String key = entry.key().text();
        return key.endsWith(ADD) || key.equals(DROP);
    }

    private static boolean isNull(YamlNode node) {
        return node instanceof YamlNode.Scalar scalar && scalar.isNull();
    }
}
