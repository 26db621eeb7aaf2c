package dev.osie.worker.file;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * A YAML document, or one in JSON, which is YAML too, whose values know their lines. Scalars are taken as they are written, so that
 * {@code yes} and {@code 0777} stay what they look like. Only the library's parser is used: building Java objects would need a module
 * that the worker's runtime hasn't got.
 */
final class YamlDocument {
    private static final int DEPTH = 20;
    private static final int ALIASES = 20;

    private final String name;

    /** @param name what messages call the document */
    YamlDocument(String name) {
        this.name = name;
    }

    Node parse(String text) throws WorkflowFileException {
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(DEPTH);
        options.setMaxAliasesForCollections(ALIASES);
        options.setCodePointLimit(text.length() + 1);
        try {
            Composer composer = new Composer(new ParserImpl(new StreamReader(text), options), new Resolver(), options);
            Node node = composer.getSingleNode();
            if (node == null) {
                throw new WorkflowFileException(name + " is empty, expected a list of actions");
            }
            return node;
        } catch (MarkedYAMLException e) {
            throw failure(e.getProblemMark(), e.getProblem());
        } catch (YAMLException e) {
            throw new WorkflowFileException(name + ": " + e.getMessage());
        }
    }

    List<Node> list(Node node, String what) throws WorkflowFileException {
        if (!(node instanceof SequenceNode sequence)) {
            throw failure(node, "expected " + what);
        }
        return sequence.getValue();
    }

    Map<String, Node> mapping(Node node, String what) throws WorkflowFileException {
        if (!(node instanceof MappingNode mapping)) {
            throw failure(node, "expected " + what);
        }
        Map<String, Node> values = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String key = text(tuple.getKeyNode(), "a key");
            if (values.put(key, tuple.getValueNode()) != null) {
                throw failure(tuple.getKeyNode(), "the key '" + key + "' is there twice");
            }
        }
        return values;
    }

    String text(Node node, String what) throws WorkflowFileException {
        if (!(node instanceof ScalarNode scalar)) {
            throw failure(node, "expected " + what);
        }
        return scalar.getTag().equals(Tag.NULL) ? "" : scalar.getValue();
    }

    List<String> texts(Node node, String what) throws WorkflowFileException {
        List<String> texts = new ArrayList<>();
        for (Node each : list(node, what)) {
            texts.add(text(each, what));
        }
        return texts;
    }

    WorkflowFileException failure(Node node, String message) {
        return failure(node.getStartMark(), message);
    }

    private WorkflowFileException failure(Mark mark, String message) {
        return mark == null
                ? new WorkflowFileException(name + ": " + message)
                : new WorkflowFileException(
                        name + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1) + ": " + message);
    }
}
