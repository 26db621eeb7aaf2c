package dev.osie.build.yaml;

import dev.osie.build.failure.BuildException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A failure for what is wrong with documents, each problem at its position. Its kind is {@code BAD_INPUT}. */
public final class DocumentException extends BuildException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;
    private final long others;

    DocumentException(List<Problem> problems, long others) {
        this(problems, others, Optional.empty(), null);
    }

    private DocumentException(List<Problem> problems, long others, Optional<String> hint, Throwable cause) {
        super(Kind.BAD_INPUT, text(problems, others, Problem::toString), hint, cause);
        this.problems = List.copyOf(problems);
        this.others = others;
    }

    @Override
    protected BuildException copy(Optional<String> hint, Throwable cause) {
        return new DocumentException(problems, others, hint, cause);
    }

    private interface Form {
        String of(Problem problem);
    }

    private static String text(List<Problem> problems, long others, Form form) {
        String shown = problems.stream().map(form::of).collect(Collectors.joining("\n"));
        return others == 0 ? shown : shown + String.format(Locale.ROOT, "\nand %,d more", others);
    }

    /** The first problems, in the order of the documents' lines. */
    public List<Problem> problems() {
        return problems;
    }

    /** The number of further problems. */
    public long others() {
        return others;
    }

    /** The message with the line of each problem, and carets under what is wrong. */
    public String withExcerpts() {
        return text(problems, others, Problem::withExcerpt);
    }

    /** How many there are: {@code 1 problem}, {@code 1,234 problems}. */
    public String count() {
        long count = problems.size() + others;
        return count == 1 ? "1 problem" : String.format(Locale.ROOT, "%,d problems", count);
    }
}
