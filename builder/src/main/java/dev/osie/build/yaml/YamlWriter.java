package dev.osie.build.yaml;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.emitter.Emitter;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;
import org.yaml.snakeyaml.serializer.Serializer;

/**
 * Writes nodes as YAML in block style. Text is quoted wherever a reader of YAML 1.1 or 1.2 could take it for something else; text of
 * several lines becomes a literal block.
 */
public final class YamlWriter {
    /** Text that no version of YAML takes for anything but itself; the repetition would overflow the stack on a long one. */
    private static final Pattern PLAIN =
            Pattern.compile("(?=.{1,1000}$)[A-Za-z_/][A-Za-z0-9_./@+-]*(:[A-Za-z0-9_./@+-]+)*");

    private static final Set<String> WORDS =
            Set.of("true", "false", "yes", "no", "on", "off", "y", "n", "null", "~", "inf", "nan");

    private static final Pattern BLOCK = Pattern.compile("[\\x20-\\x7e\\n\\u00a1-\\ud7ff]*");

    private YamlWriter() {}

    public static String write(YamlNode.Mapping document) {
        DumperOptions options = new DumperOptions();
        options.setIndent(4);
        options.setIndicatorIndent(2);
        options.setSplitLines(false);
        options.setLineBreak(DumperOptions.LineBreak.UNIX);
        StringWriter text = new StringWriter();
        try {
            Serializer serializer = new Serializer(new Emitter(text, options), new Resolver(), options, null);
            serializer.open();
            serializer.serialize(node(document));
            serializer.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static Node node(YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            List<NodeTuple> tuples = mapping.entries().stream()
                    .map(entry -> new NodeTuple(node(entry.key()), node(entry.value())))
                    .toList();
            return new MappingNode(Tag.MAP, tuples, tuples.isEmpty() ? FlowStyle.FLOW : FlowStyle.BLOCK);
        }
        if (node instanceof YamlNode.Sequence sequence) {
            List<Node> items = sequence.items().stream().map(YamlWriter::node).toList();
            return new SequenceNode(Tag.SEQ, items, items.isEmpty() ? FlowStyle.FLOW : FlowStyle.BLOCK);
        }
        YamlNode.Scalar scalar = (YamlNode.Scalar) node;
        return new ScalarNode(tag(scalar.type()), scalar.text(), null, null, style(scalar));
    }

    private static Tag tag(YamlNode.Scalar.Type type) {
        return switch (type) {
            case TEXT -> Tag.STR;
            case INTEGER -> Tag.INT;
            case FLOAT -> Tag.FLOAT;
            case BOOLEAN -> Tag.BOOL;
            case NULL -> Tag.NULL;
            case TIMESTAMP -> Tag.TIMESTAMP;
        };
    }

    private static ScalarStyle style(YamlNode.Scalar scalar) {
        String text = scalar.text();
        boolean plain = scalar.type() != YamlNode.Scalar.Type.TEXT
                || PLAIN.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT));
        if (plain) {
            return ScalarStyle.PLAIN;
        }
        // Blocks cannot begin with a space, and end with at most the one line break that they are read back with.
        boolean block = text.indexOf('\n') >= 0
                && BLOCK.matcher(text).matches()
                && !text.startsWith(" ")
                && !text.startsWith("\n")
                && text.lines().noneMatch(line -> line.endsWith(" "));
        return block ? ScalarStyle.LITERAL : ScalarStyle.DOUBLE_QUOTED;
    }
}
