package dev.osie.build.debian;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a package asks of others (Debian policy §7.1): one of several alternatives.
 *
 * @param alternatives in the order of preference
 */
record Relation(List<Alternative> alternatives) {
    private static final Pattern ALTERNATIVE = Pattern.compile(
            "([a-z0-9][a-z0-9+.-]*)(?::([a-z0-9-]+))?\\s*(?:\\(\\s*(<<|<=|=|>=|>>|<|>)\\s*([0-9A-Za-z][^\\s)]*)\\s*\\))?");

    Relation {
        alternatives = List.copyOf(alternatives);
    }

    /**
     * A package that would do.
     *
     * @param architecture behind the name's colon: {@code any}, {@code native}, or one of Debian's; empty without
     */
    record Alternative(String name, String architecture, Optional<Constraint> constraint) {
        boolean allows(DebianVersion version) {
            return constraint.isEmpty() || constraint.get().allows(version);
        }

        @Override
        public String toString() {
            String qualified = architecture.isEmpty() ? name : name + ":" + architecture;
            return constraint.isEmpty() ? qualified : qualified + " (" + constraint.get() + ")";
        }
    }

    /** Which versions would do. */
    record Constraint(String operator, DebianVersion version) {
        boolean allows(DebianVersion found) {
            int order = found.compareTo(version);
            return switch (operator) {
                case "<<" -> order < 0;
                // The single forms are obsolete, and mean "or equal" all the same.
                case "<=", "<" -> order <= 0;
                case "=" -> order == 0;
                case ">=", ">" -> order >= 0;
                case ">>" -> order > 0;
                default -> throw new IllegalStateException(operator);
            };
        }

        @Override
        public String toString() {
            return operator + " " + version;
        }
    }

    /**
     * Reads the value of a field such as {@code Depends}.
     *
     * @throws IllegalArgumentException when it is malformed
     */
    static List<Relation> parse(String field) {
        List<Relation> relations = new ArrayList<>();
        for (String relation : field.split(",")) {
            if (!relation.isBlank()) {
                relations.add(new Relation(Arrays.stream(relation.split("\\|"))
                        .map(Relation::alternative)
                        .toList()));
            }
        }
        return relations;
    }

    private static Alternative alternative(String text) {
        Matcher matcher = ALTERNATIVE.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text.strip() + "' is not a relation to a package");
        }
        Optional<Constraint> constraint = Optional.ofNullable(matcher.group(3))
                .map(operator -> new Constraint(operator, new DebianVersion(matcher.group(4))));
        return new Alternative(
                matcher.group(1), Optional.ofNullable(matcher.group(2)).orElse(""), constraint);
    }

    /** As the field has it. */
    @Override
    public String toString() {
        return alternatives.stream().map(Alternative::toString).collect(Collectors.joining(" | "));
    }
}
