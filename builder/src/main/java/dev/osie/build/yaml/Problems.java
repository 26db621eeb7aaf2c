package dev.osie.build.yaml;

import dev.osie.build.failure.BuildException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Collects what is wrong with documents, so that a user sees all of it at once. Only the first problems are kept, in the order of the
 * documents' lines; of the others there is the number.
 */
public final class Problems {
    private static final int KEPT = 50;

    private final int kept;
    private final TreeSet<Problem> first = new TreeSet<>(Problem.ORDER);
    private long others;

    /** Problems of which the first fifty are kept: as many as somebody reads. */
    public Problems() {
        this(KEPT);
    }

    /** Problems of which the first so many are kept. */
    public Problems(int kept) {
        this.kept = kept;
    }

    /** Fails with one problem. */
    public static BuildException failure(Position position, String message) {
        return new DocumentException(List.of(new Problem(position, message)), 0);
    }

    public void add(Position position, String message) {
        add(position, () -> message);
    }

    /**
     * Adds a problem.
     *
     * @param message is asked only when the problem is among those that are shown, so it may take its time
     */
    public void add(Position position, Supplier<String> message) {
        if (first.size() == kept && Problem.ORDER.compare(new Problem(position, ""), first.last()) > 0) {
            others++;
            return;
        }
        first.add(new Problem(position, message.get()));
        if (first.size() > kept) {
            first.pollLast();
            others++;
        }
    }

    /**
     * Adds what a failure says: its own problems if it has some.
     *
     * @param position where to report it otherwise
     */
    public void add(Position position, BuildException failure) {
        if (failure instanceof DocumentException document) {
            document.problems().forEach(problem -> add(problem.position(), problem.message()));
            others += document.others();
        } else {
            add(
                    position,
                    failure.getMessage()
                            + failure.hint().map(hint -> " — " + hint).orElse(""));
        }
    }

    public boolean isEmpty() {
        return first.isEmpty();
    }

    /** Fails with all problems, in the order of the documents' lines, when there are any. */
    public void throwIfAny() {
        if (!first.isEmpty()) {
            throw new DocumentException(new ArrayList<>(first), others);
        }
    }
}
