package dev.osie.build.debian;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The one version of each package that can be chosen: the one that is held, else the suites' highest.
 *
 * @param index what the suites have
 */
record Choices(PackageIndex index, Holds holds) {
    Collection<String> names() {
        return index.names();
    }

    Optional<Candidate> candidate(String name) {
        return holds.candidate(name, index).or(() -> index.candidate(name));
    }

    /** Whether the version that is held won't do, but the suites' would. */
    boolean isHeldBack(Relation.Alternative alternative) {
        return holds.candidate(alternative.name(), index)
                        .filter(held -> !held.satisfies(alternative))
                        .isPresent()
                && index.candidate(alternative.name())
                        .filter(newest -> newest.satisfies(alternative))
                        .isPresent();
    }

    /** The packages that go by the name, too, in the order of preference. */
    List<Candidate> providers(String name) {
        Stream<Candidate> departed = holds.departed(index).stream()
                .filter(candidate -> candidate.provides().stream()
                        .anyMatch(provided -> provided.name().equals(name)));
        Stream<Candidate> present = index.providers(name).stream()
                .map(newest -> holds.candidate(newest.name(), index).orElse(newest));
        return Stream.concat(present, departed).toList();
    }
}
