package dev.osie.build.yaml;

import dev.osie.build.failure.BuildException;
import java.util.List;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.reader.ReaderException;

/** Says in plain words what the YAML parser did not understand. */
final class SyntaxError {
    /** A part of what the parser says, and what it means for who wrote the document; the first that fits. */
    private static final List<String[]> WORDS = List.of(
            of("TAB", "a tab cannot indent here: YAML takes only spaces"),
            of(
                    "mapping values are not allowed",
                    "a second ': ' in one line: put the value in quotes, or check the indentation"),
            of("could not find expected ':'", "a key was expected here, with ':' behind it"),
            of("found unexpected end of stream", "the quotes that open here are not closed"),
            of("found character '@'", "text cannot begin with '@' here: put it in quotes"),
            of("found character '`'", "text cannot begin with '`' here: put it in quotes"),
            of("found character '%'", "text cannot begin with '%' here: put it in quotes"),
            of("expected ',' or ']'", "the list that opens with '[' needs ',' or ']' here"),
            of("expected ',' or '}'", "the mapping that opens with '{' needs ',' or '}' here"),
            of("expected <block end>", "this does not fit the lines above: check the indentation, and quotes"),
            of("expected '<document start>'", "this does not belong to what the document begins with"),
            of("sequence entries are not allowed", "a list cannot begin here: check the indentation"),
            of("found unknown escape character", "an unknown escape in double quotes: write \\\\ for a backslash"));

    private SyntaxError() {}

    private static String[] of(String part, String words) {
        return new String[] {part, words};
    }

    static BuildException of(SourceText source, String text, YAMLException failure) {
        if (failure instanceof ReaderException unreadable) {
            return Problems.failure(
                            place(source, text, unreadable.getPosition()),
                            String.format("the character U+%04X cannot stand in a document", unreadable.getCodePoint()))
                    .because(failure);
        }
        if (failure instanceof MarkedYAMLException marked) {
            String problem = String.valueOf(marked.getProblem());
            boolean open = problem.contains("end of stream") && marked.getContextMark() != null;
            Mark mark = open || marked.getProblemMark() == null ? marked.getContextMark() : marked.getProblemMark();
            Position position = mark == null
                    ? Position.whole(source.name())
                    : new Position(source, mark.getLine() + 1, mark.getColumn() + 1, 1);
            return Problems.failure(position, words(problem)).because(failure);
        }
        return Problems.failure(Position.whole(source.name()), String.valueOf(failure.getMessage()))
                .because(failure);
    }

    private static String words(String problem) {
        return WORDS.stream()
                .filter(words -> problem.contains(words[0]))
                .map(words -> words[1])
                .findFirst()
                .orElse(problem);
    }

    /** The place of a character that the parser counts from the beginning of the text. */
    private static Position place(SourceText source, String text, int characters) {
        int line = 1;
        int column = 1;
        int end = text.offsetByCodePoints(0, Math.min(characters, text.codePointCount(0, text.length())));
        for (int i = 0; i < end; i++) {
            boolean lineBreak = text.charAt(i) == '\n';
            line += lineBreak ? 1 : 0;
            column = lineBreak ? 1 : column + (Character.isLowSurrogate(text.charAt(i)) ? 0 : 1);
        }
        return new Position(source, line, column, 1);
    }
}
