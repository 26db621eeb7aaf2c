package dev.osie.build.yaml;

import dev.osie.build.failure.BuildException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.ScalarEvent;

/**
 * Reads one YAML 1.1 document into nodes with positions. Duplicate keys, keys that are not text, a second document, and documents
 * that are too deep or too large, also once their aliases are followed, are errors.
 */
public final class YamlReader {
    private YamlReader() {}

    public static YamlNode read(Path file) {
        return read(file.toString(), file);
    }

    /**
     * Reads a file.
     *
     * @param document what to call the file in messages
     */
    public static YamlNode read(String document, Path file) {
        Problems problems = new Problems();
        Optional<YamlNode> root = read(document, file, problems);
        problems.throwIfAny();
        return root.orElseThrow();
    }

    /**
     * Reads a text.
     *
     * @param document what to call the text in messages
     */
    public static YamlNode read(String document, String text) {
        Problems problems = new Problems();
        Optional<YamlNode> root = read(document, text, problems);
        problems.throwIfAny();
        return root.orElseThrow();
    }

    /** Reads a file, and reports what is wrong with it; nothing when it cannot be read to its end. */
    public static Optional<YamlNode> read(String document, Path file, Problems problems) {
        try {
            return read(document, DocumentText.of(document, file), problems);
        } catch (BuildException e) {
            problems.add(Position.whole(document), e);
            return Optional.empty();
        }
    }

    /** Reads a text, and reports what is wrong with it; nothing when it cannot be read to its end. */
    public static Optional<YamlNode> read(String document, String text, Problems problems) {
        SourceText source = new SourceText(document, text);
        try {
            DocumentText.checkSize(document, text.length());
            DocumentText.checkLines(source, text);
            return Optional.of(read(source, text, problems));
        } catch (YAMLException e) {
            problems.add(Position.whole(document), SyntaxError.of(source, text, e));
        } catch (BuildException e) {
            problems.add(Position.whole(document), e);
        }
        return Optional.empty();
    }

    /** What a mark such as {@code ---} at the end of a file begins. */
    private static boolean isEmpty(Event content) {
        return content instanceof ScalarEvent scalar
                && scalar.isPlain()
                && scalar.getValue().isEmpty();
    }

    private static YamlNode read(SourceText source, String text, Problems problems) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(DocumentText.MAX_SIZE);
        Iterator<Event> events = new Yaml(options).parse(new StringReader(text)).iterator();
        events.next(); // the start of the stream
        Event start = events.next();
        if (!(start instanceof DocumentStartEvent)) {
            throw Problems.failure(new Position(source, 1, 1, 1), "the document is empty");
        }
        YamlNode root = new NodeReader(source, events, problems).read(events.next());
        events.next(); // the end of the document
        while (events.next() instanceof DocumentStartEvent second) {
            if (isEmpty(events.next())) {
                events.next(); // the end of nothing
                continue;
            }
            throw Problems.failure(
                    NodeReader.position(source, second),
                    "a second document begins here, after the one of line "
                            + (start.getStartMark().getLine() + 1)
                            + ": a file holds only one; take '---' out, or move what follows into a file of its own");
        }
        return root;
    }
}
