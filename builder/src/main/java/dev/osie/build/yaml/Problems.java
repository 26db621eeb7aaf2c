package dev.osie.build.yaml;

import static dev.osie.build.failure.BuildException.badInput;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Collects what is wrong with documents, so that a user sees all of it at once. */
public final class Problems {
    private final List<Problem> found = new ArrayList<>();

    private record Problem(Position position, String message) {
        @Override
        public String toString() {
            return position + ": " + message;
        }
    }

    public void add(Position position, String message) {
        found.add(new Problem(position, message));
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** Fails with all problems, in the order of the documents' lines, when there are any. */
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw badInput(found.stream()
                    .sorted(Comparator.comparing((Problem problem) -> problem.position.document())
                            .thenComparing(problem -> problem.position.line())
                            .thenComparing(problem -> problem.position.column()))
                    .map(Problem::toString)
                    .distinct()
                    .collect(Collectors.joining("\n")));
        }
    }
}
