package dev.osie.build.debian;

import java.util.List;

/**
 * A package of an index with what it says of others.
 *
 * @param depends what must be there: {@code Pre-Depends} and {@code Depends}
 * @param provides names it also goes by, some with a version ({@code =})
 * @param conflicts what must not be there: {@code Conflicts} and {@code Breaks}
 */
record Candidate(
        BinaryPackage binary, List<Relation> depends, List<Relation.Alternative> provides, List<Relation> conflicts) {
    Candidate {
        depends = List.copyOf(depends);
        provides = List.copyOf(provides);
        conflicts = List.copyOf(conflicts);
    }

    String name() {
        return binary.name();
    }

    /** Whether this package is what the alternative names, itself or by what it provides (Debian policy §7.5). */
    boolean satisfies(Relation.Alternative wanted) {
        return isReachable(wanted) && (isItself(wanted) || provides(wanted));
    }

    private boolean isItself(Relation.Alternative wanted) {
        return wanted.name().equals(name()) && wanted.allows(binary.version());
    }

    /** A provided name without a version satisfies only relations without one. */
    private boolean provides(Relation.Alternative wanted) {
        return provides.stream()
                .filter(provided -> provided.name().equals(wanted.name()))
                .anyMatch(provided -> wanted.constraint().isEmpty()
                        || provided.constraint().isPresent()
                                && wanted.allows(provided.constraint().get().version()));
    }

    /** There is one architecture only, so any but another's will do. */
    private boolean isReachable(Relation.Alternative wanted) {
        return switch (wanted.architecture()) {
            case "", "any", "native" -> true;
            default -> wanted.architecture().equals(binary.architecture());
        };
    }
}
