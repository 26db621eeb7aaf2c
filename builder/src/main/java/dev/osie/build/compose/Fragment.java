package dev.osie.build.compose;

import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.YamlNode;
import dev.osie.build.yaml.YamlNode.Entry;
import dev.osie.build.yaml.YamlNode.Mapping;
import dev.osie.build.yaml.YamlNode.Scalar;
import dev.osie.build.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A piece or an overlay by itself, made into a document that can be read: without the directives that place it, and with something in
 * the place of what a document below brings.
 */
final class Fragment {
    private static final Set<String> CONTAINERS = Set.of("onboot", "onshutdown", "services");
    private static final List<String> FILES = List.of("contents", "source", "metadata", "directory", "symlink");

    /** The keys that the reader of documents knows with {@code .add}. */
    private static final Set<String> READ = Set.of(
            "capabilities.add",
            "binds.add",
            "modules.add",
            "modules.drop",
            "drivers.add",
            "blacklist.add",
            "load.add",
            "firmware.add",
            "pieces.add");

    private Fragment() {}

    /** Whether a document only makes sense laid over another: it says where its entries go, or leaves out what they need. */
    static boolean isFragment(Mapping document) {
        if (Stream.of("kernel", "init").anyMatch(key -> document.get(key).isPresent())) {
            return hasDirectives(document);
        }
        return hasDirectives(document)
                || CONTAINERS.stream()
                        .flatMap(section -> document.get(section).stream())
                        .flatMap(Fragment::items)
                        .anyMatch(entry -> entry instanceof Mapping mapping
                                && mapping.get("image").isEmpty());
    }

    private static boolean hasDirectives(YamlNode node) {
        if (node instanceof Mapping mapping) {
            return mapping.entries().stream()
                    .anyMatch(entry -> NamedList.DIRECTIVES.contains(entry.key().text())
                            || Merge.isAddition(entry)
                                    && !READ.contains(entry.key().text())
                            || hasDirectives(entry.value()));
        }
        return items(node).anyMatch(Fragment::hasDirectives);
    }

    static Mapping complete(Mapping document) {
        List<Entry> sections = new ArrayList<>();
        for (Entry section : plain(document).entries()) {
            String name = section.key().text();
            boolean named = NamedList.KEYS.containsKey(name) && section.value() instanceof Sequence;
            sections.add(named ? new Entry(section.key(), entries(name, (Sequence) section.value())) : section);
        }
        return new Mapping(sections, document.position());
    }

    private static Sequence entries(String section, Sequence list) {
        List<YamlNode> items = new ArrayList<>();
        for (YamlNode item : list.items()) {
            if (!(item instanceof Mapping mapping)) {
                items.add(item);
            } else if (mapping.get(NamedList.REMOVE).isEmpty()) {
                items.add(entry(section, mapping));
            }
        }
        return new Sequence(items, list.position());
    }

    private static Mapping entry(String section, Mapping entry) {
        List<Entry> fields = new ArrayList<>(entry.entries());
        fields.removeIf(field -> NamedList.DIRECTIVES.contains(field.key().text()));
        if (CONTAINERS.contains(section) && entry.get("image").isEmpty()) {
            fields.add(stands("image", "below", entry.position()));
        }
        if (section.equals("files")
                && FILES.stream().allMatch(key -> entry.get(key).isEmpty())) {
            fields.add(stands("contents", "", entry.position()));
        }
        return new Mapping(fields, entry.position());
    }

    private static Entry stands(String key, String value, Position position) {
        return new Entry(new Scalar(key, Scalar.Type.TEXT, position), new Scalar(value, Scalar.Type.TEXT, position));
    }

    /** A mapping without keys that are removed, and with what is added to a list as that list. */
    private static Mapping plain(Mapping mapping) {
        List<Entry> entries = new ArrayList<>();
        for (Entry entry : mapping.entries()) {
            String key = entry.key().text();
            boolean removed = entry.value() instanceof Scalar scalar && scalar.isNull();
            if (!removed) {
                boolean adds = Merge.isAddition(entry) && !READ.contains(key);
                Scalar name = adds ? listed(entry.key()) : entry.key();
                entries.add(new Entry(name, plain(entry.value())));
            }
        }
        return new Mapping(entries, mapping.position());
    }

    private static YamlNode plain(YamlNode node) {
        if (node instanceof Mapping mapping) {
            return plain(mapping);
        }
        return node instanceof Sequence list
                ? new Sequence(list.items().stream().map(Fragment::plain).toList(), list.position())
                : node;
    }

    private static Scalar listed(Scalar addition) {
        String name = addition.text().substring(0, addition.text().length() - Merge.ADD.length());
        return new Scalar(name, addition.type(), addition.position());
    }

    private static Stream<YamlNode> items(YamlNode node) {
        return Optional.of(node).filter(Sequence.class::isInstance).map(Sequence.class::cast).stream()
                .flatMap(list -> list.items().stream());
    }
}
