package dev.osie.build.yaml;

import static dev.osie.build.failure.BuildException.badInput;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads one YAML 1.1 document into nodes with positions. Duplicate keys, keys that are not scalars, a second document, and documents
 * that are too deep or too large are errors.
 */
public final class YamlReader {
    private static final int MAX_DEPTH = 50;
    private static final int MAX_NODES = 2_000_000;
    private static final int MAX_CHARACTERS = 16 << 20;

    private final String document;
    private int nodes;

    private YamlReader(String document) {
        this.document = document;
    }

    public static YamlNode read(Path file) {
        return read(file.toString(), file);
    }

    /**
     * Reads a file.
     *
     * @param document what to call the file in messages
     */
    public static YamlNode read(String document, Path file) {
        try {
            return read(document, Files.readString(file));
        } catch (NoSuchFileException e) {
            throw badInput(document + ": there is no such file").because(e);
        } catch (CharacterCodingException e) {
            throw badInput(document + ": is not text in UTF-8").because(e);
        } catch (IOException e) {
            throw badInput(document + ": cannot be read: " + e.getMessage()).because(e);
        }
    }

    /**
     * Reads a text.
     *
     * @param document what to call the text in messages
     */
    public static YamlNode read(String document, String text) {
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setCodePointLimit(MAX_CHARACTERS);
        try {
            Node root = new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
            if (root == null) {
                throw badInput(document + ":1:1: the document is empty");
            }
            return new YamlReader(document).convert(root, 0);
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark() != null ? e.getProblemMark() : e.getContextMark();
            throw badInput(position(document, mark) + ": " + e.getProblem()).because(e);
        } catch (YAMLException e) {
            throw badInput(document + ": " + e.getMessage()).because(e);
        }
    }

    private YamlNode convert(Node node, int depth) {
        Position position = position(document, node.getStartMark());
        if (depth > MAX_DEPTH || ++nodes > MAX_NODES) {
            throw badInput(position + ": the document is too deep or too large once its aliases are followed");
        }
        if (node instanceof ScalarNode scalar) {
            return new YamlNode.Scalar(scalar.getValue(), type(scalar, position), position);
        }
        if (node instanceof SequenceNode sequence) {
            List<YamlNode> items = new ArrayList<>();
            for (Node item : sequence.getValue()) {
                items.add(convert(item, depth + 1));
            }
            return new YamlNode.Sequence(items, position);
        }
        return mapping((MappingNode) node, position, depth);
    }

    private YamlNode.Mapping mapping(MappingNode node, Position position, int depth) {
        Map<String, Position> seen = new HashMap<>();
        List<YamlNode.Entry> entries = new ArrayList<>();
        List<YamlNode.Entry> inherited = new ArrayList<>();
        for (NodeTuple tuple : node.getValue()) {
            if (tuple.getKeyNode().getTag().equals(Tag.MERGE)) {
                inherited.addAll(inherited(convert(tuple.getValueNode(), depth + 1)));
            } else if (convert(tuple.getKeyNode(), depth + 1) instanceof YamlNode.Scalar key) {
                Position earlier = seen.putIfAbsent(key.text(), key.position());
                if (earlier != null) {
                    throw badInput(key.position() + ": the key '" + key.text()
                            + "' stands here a second time, after line " + earlier.line());
                }
                entries.add(new YamlNode.Entry(key, convert(tuple.getValueNode(), depth + 1)));
            } else {
                throw badInput(position(document, tuple.getKeyNode().getStartMark()) + ": a key must be text");
            }
        }
        for (YamlNode.Entry entry : inherited) {
            if (seen.putIfAbsent(entry.key().text(), entry.key().position()) == null) {
                entries.add(entry);
            }
        }
        return new YamlNode.Mapping(entries, position);
    }

    /** The entries that a merge key ({@code <<}) brings; the first of several mappings wins. */
    private static List<YamlNode.Entry> inherited(YamlNode value) {
        if (value instanceof YamlNode.Mapping mapping) {
            return mapping.entries();
        }
        List<YamlNode.Entry> entries = new ArrayList<>();
        if (value instanceof YamlNode.Sequence sequence) {
            sequence.items().forEach(item -> entries.addAll(inherited(item)));
            return entries;
        }
        throw badInput(value.position() + ": '<<' takes a mapping or a list of mappings, not " + value.describe());
    }

    private static YamlNode.Scalar.Type type(ScalarNode scalar, Position position) {
        Tag tag = scalar.getTag();
        if (tag.equals(Tag.STR)) {
            return YamlNode.Scalar.Type.TEXT;
        } else if (tag.equals(Tag.INT)) {
            return YamlNode.Scalar.Type.INTEGER;
        } else if (tag.equals(Tag.FLOAT)) {
            return YamlNode.Scalar.Type.FLOAT;
        } else if (tag.equals(Tag.BOOL)) {
            return YamlNode.Scalar.Type.BOOLEAN;
        } else if (tag.equals(Tag.NULL)) {
            return YamlNode.Scalar.Type.NULL;
        } else if (tag.equals(Tag.TIMESTAMP)) {
            return YamlNode.Scalar.Type.TIMESTAMP;
        }
        throw badInput(position + ": the tag " + tag + " is not supported");
    }

    private static Position position(String document, Mark mark) {
        return mark == null
                ? new Position(document, 1, 1)
                : new Position(document, mark.getLine() + 1, mark.getColumn() + 1);
    }
}
