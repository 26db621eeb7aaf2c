package dev.osie.build.yaml;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Makes nodes of the events of one document. Whoever reads the nodes follows an alias each time it is met, so what is limited is the
 * size of the document with every alias replaced by what it stands for.
 */
final class NodeReader {
    private static final int MAX_DEPTH = 50;
    private static final int MAX_NODES = 1_000_000;
    private static final String MERGE = "<<";

    private static final Map<Tag, YamlNode.Scalar.Type> TYPES = Map.of(
            Tag.STR, YamlNode.Scalar.Type.TEXT,
            Tag.INT, YamlNode.Scalar.Type.INTEGER,
            Tag.FLOAT, YamlNode.Scalar.Type.FLOAT,
            Tag.BOOL, YamlNode.Scalar.Type.BOOLEAN,
            Tag.NULL, YamlNode.Scalar.Type.NULL,
            Tag.TIMESTAMP, YamlNode.Scalar.Type.TIMESTAMP,
            // A merge key that is no key is text.
            Tag.MERGE, YamlNode.Scalar.Type.TEXT);

    private final SourceText source;
    private final Iterator<Event> events;
    private final Problems problems;
    private final Resolver resolver = new Resolver();
    private final Map<String, Anchored> anchors = new HashMap<>();
    private final Map<String, String> keys = new HashMap<>();
    private int nodes;
    private long characters;
    private int deepest;

    /** A node with an anchor, and what an alias adds to the document. */
    private record Anchored(YamlNode node, int nodes, long characters, int height) {}

    NodeReader(SourceText source, Iterator<Event> events, Problems problems) {
        this.source = source;
        this.events = events;
        this.problems = problems;
    }

    /** The root of the document, which begins with an event. */
    YamlNode read(Event first) {
        return node(first, 0);
    }

    private YamlNode node(Event event, int depth) {
        Position position = position(source, event);
        count(
                position,
                1,
                event instanceof ScalarEvent scalar ? scalar.getValue().length() : 0,
                depth);
        if (event instanceof AliasEvent alias) {
            return alias(alias, position, depth);
        }
        String anchor = ((NodeEvent) event).getAnchor();
        if (anchor == null) {
            return content(event, position, depth);
        }
        int nodesBefore = nodes;
        long charactersBefore = characters;
        int deepestBefore = deepest;
        deepest = depth;
        anchors.remove(anchor);
        YamlNode node = content(event, position, depth);
        long length = event instanceof ScalarEvent scalar ? scalar.getValue().length() : 0;
        anchors.put(
                anchor,
                new Anchored(node, nodes - nodesBefore, characters - charactersBefore + length, deepest - depth));
        deepest = Math.max(deepest, deepestBefore);
        return node;
    }

    private YamlNode alias(AliasEvent alias, Position position, int depth) {
        Anchored target = anchors.get(alias.getAnchor());
        if (target == null) {
            throw Problems.failure(
                    position,
                    "the alias *" + alias.getAnchor()
                            + " stands for nothing: no value before it, and not around it, has the"
                            + " anchor &" + alias.getAnchor()
                            + Suggestion.closest(alias.getAnchor(), anchors.keySet())
                                    .map(closest -> " — did you mean *" + closest + "?")
                                    .orElse(""));
        }
        count(position, target.nodes, target.characters, depth + target.height);
        return target.node;
    }

    private void count(Position position, int moreNodes, long moreCharacters, int depth) {
        nodes += moreNodes;
        characters += moreCharacters;
        deepest = Math.max(deepest, depth);
        if (depth > MAX_DEPTH) {
            throw Problems.failure(position, "more than " + MAX_DEPTH + " lists and mappings inside each other");
        }
        if (nodes > MAX_NODES || characters > DocumentText.MAX_SIZE) {
            throw Problems.failure(
                    position,
                    "the document has more than a million values, or 16 MiB of text, once its aliases are followed");
        }
    }

    private YamlNode content(Event event, Position position, int depth) {
        if (event instanceof ScalarEvent scalar) {
            return new YamlNode.Scalar(scalar.getValue(), type(scalar, position), position);
        }
        if (event instanceof SequenceStartEvent sequence) {
            requireTag(sequence.getTag(), Tag.SEQ, position);
            List<YamlNode> items = new ArrayList<>();
            for (Event next = events.next(); !next.is(Event.ID.SequenceEnd); next = events.next()) {
                items.add(node(next, depth + 1));
            }
            return new YamlNode.Sequence(items, position);
        }
        requireTag(((MappingStartEvent) event).getTag(), Tag.MAP, position);
        return mapping(position, depth);
    }

    private YamlNode.Mapping mapping(Position position, int depth) {
        Map<String, Position> seen = new HashMap<>();
        List<YamlNode.Entry> entries = new ArrayList<>();
        List<YamlNode.Entry> inherited = new ArrayList<>();
        for (Event next = events.next(); !next.is(Event.ID.MappingEnd); next = events.next()) {
            boolean merge = next instanceof ScalarEvent plain
                    && plain.isPlain()
                    && plain.getValue().equals(MERGE);
            YamlNode key = node(next, depth + 1);
            YamlNode value = node(events.next(), depth + 1);
            if (merge) {
                inherit(value, inherited);
            } else {
                key(key).filter(name -> isNew(name, seen))
                        .ifPresent(name -> entries.add(new YamlNode.Entry(name, value)));
            }
        }
        for (YamlNode.Entry entry : inherited) {
            if (seen.putIfAbsent(entry.key().text(), entry.key().position()) == null) {
                entries.add(entry);
            }
        }
        return new YamlNode.Mapping(entries, position);
    }

    private Optional<YamlNode.Scalar> key(YamlNode key) {
        if (!(key instanceof YamlNode.Scalar scalar)) {
            problems.add(
                    key.position(),
                    "a key must be text, not " + key.describe()
                            + "; a text that begins with '{' or '[' needs quotes around it");
            return Optional.empty();
        }
        if (!scalar.isText()) {
            problems.add(
                    key.position(),
                    () -> "a key must be text: write \"" + scalar.text() + "\" with quotes (" + scalar.reading() + ")");
        }
        // A document has few keys, many times.
        String name = keys.computeIfAbsent(scalar.text(), text -> text);
        return Optional.of(new YamlNode.Scalar(name, YamlNode.Scalar.Type.TEXT, scalar.position()));
    }

    private boolean isNew(YamlNode.Scalar key, Map<String, Position> seen) {
        Position earlier = seen.putIfAbsent(key.text(), key.position());
        if (earlier != null) {
            problems.add(
                    key.position(),
                    () -> "the key '" + key.text() + "' stands here a second time, after line " + earlier.line());
        }
        return earlier == null;
    }

    /** The entries that a merge key brings; the first of several mappings wins. */
    private void inherit(YamlNode value, List<YamlNode.Entry> inherited) {
        if (value instanceof YamlNode.Mapping mapping) {
            inherited.addAll(mapping.entries());
        } else if (value instanceof YamlNode.Sequence sequence) {
            sequence.items().forEach(item -> inherit(item, inherited));
        } else {
            problems.add(value.position(), "'<<' takes a mapping or a list of mappings, not " + value.describe());
        }
    }

    private YamlNode.Scalar.Type type(ScalarEvent scalar, Position position) {
        if (scalar.getTag() == null) {
            return scalar.isPlain() ? TYPES.get(resolved(scalar)) : YamlNode.Scalar.Type.TEXT;
        }
        Tag tag = new Tag(scalar.getTag());
        if (tag.equals(Tag.STR) || scalar.getTag().equals("!")) {
            return YamlNode.Scalar.Type.TEXT;
        }
        if (!TYPES.containsKey(tag) || tag.equals(Tag.MERGE)) {
            throw unknownTag(tag, position);
        }
        if (!resolved(scalar).equals(tag)) {
            problems.add(position, "'" + scalar.getValue() + "' is not what its tag " + tag + " says");
        }
        return TYPES.get(tag);
    }

    private Tag resolved(ScalarEvent scalar) {
        Tag tag = resolver.resolve(NodeId.scalar, scalar.getValue(), true);
        return TYPES.containsKey(tag) ? tag : Tag.STR;
    }

    private static void requireTag(String given, Tag expected, Position position) {
        if (given != null && !Set.of("!", expected.getValue()).contains(given)) {
            throw unknownTag(new Tag(given), position);
        }
    }

    private static RuntimeException unknownTag(Tag tag, Position position) {
        return Problems.failure(position, "the tag " + tag + " means nothing here: documents need no tags");
    }

    static Position position(SourceText source, Event event) {
        Mark start = event.getStartMark();
        int width = event instanceof ScalarEvent || event instanceof AliasEvent || event instanceof DocumentStartEvent
                ? event.getEndMark().getIndex() - start.getIndex()
                : 1;
        return new Position(source, start.getLine() + 1, start.getColumn() + 1, Math.max(1, width));
    }
}
