package dev.osie.build.spec;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The architectures for which a part of a document counts: {@code arch: [aarch64]}, or {@code arch: aarch64} for one.
 *
 * @param architectures never empty
 */
public record ArchitectureCondition(Set<Architecture> architectures) {
    /** What is said without a condition counts everywhere. */
    public static final ArchitectureCondition ALWAYS = new ArchitectureCondition(EnumSet.allOf(Architecture.class));

    public ArchitectureCondition {
        architectures = Set.copyOf(architectures);
    }

    /**
     * Reads a condition. Names that are no architecture's, and an empty list, are problems; what is left counts.
     *
     * @param what the thing the condition belongs to, for messages
     */
    public static ArchitectureCondition read(YamlNode node, String what, Problems problems) {
        List<YamlNode> names = node instanceof YamlNode.Sequence list ? list.items() : List.of(node);
        Set<Architecture> architectures = EnumSet.noneOf(Architecture.class);
        for (YamlNode name : names) {
            architecture(name, what, problems).ifPresent(architectures::add);
        }
        if (names.isEmpty()) {
            problems.add(node.position(), what + " names no architecture, so it would be nowhere");
        }
        return architectures.isEmpty() ? ALWAYS : new ArchitectureCondition(architectures);
    }

    private static Optional<Architecture> architecture(YamlNode name, String what, Problems problems) {
        if (name instanceof YamlNode.Scalar scalar && scalar.type() == YamlNode.Scalar.Type.TEXT) {
            try {
                return Optional.of(Architecture.parse(scalar.text()));
            } catch (BuildException e) {
                problems.add(name.position(), e.getMessage());
                return Optional.empty();
            }
        }
        problems.add(name.position(), what + " must be an architecture or a list of them, not " + name.describe());
        return Optional.empty();
    }

    public boolean holds(Architecture architecture) {
        return architectures.contains(architecture);
    }
}
