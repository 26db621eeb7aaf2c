package dev.osie.build.yaml;

import static java.util.Comparator.comparing;

import java.util.Comparator;

/**
 * Something wrong with a document.
 *
 * @param message one line that is safe to print: what was found, what was expected, how to mend it
 */
public record Problem(Position position, String message) {
    private static final int MAX_MESSAGE = 400;

    /** The order in which problems are shown: by document, line and column. */
    static final Comparator<Problem> ORDER = comparing((Problem problem) -> problem.position.document())
            .thenComparing(problem -> problem.position.line())
            .thenComparing(problem -> problem.position.column())
            .thenComparing(Problem::message);

    public Problem {
        message = PrintableText.shortened(PrintableText.of(PrintableText.shortened(message, MAX_MESSAGE)), MAX_MESSAGE);
    }

    /** {@code file:line:column: message}. */
    @Override
    public String toString() {
        return PrintableText.of(position.toString()) + ": " + message;
    }

    /** The same with the document's line below, and carets under what is wrong. */
    public String withExcerpt() {
        return this + Excerpt.of(position).map(excerpt -> "\n" + excerpt).orElse("");
    }
}
