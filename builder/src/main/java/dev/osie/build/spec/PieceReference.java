package dev.osie.build.spec;

import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An entry of {@code osie.pieces}: {@code NAME}, or {@code { name: NAME, arch: [x86_64] }} for a piece that only some architectures get.
 *
 * @param name of the piece: its file's name without {@code .yaml}
 * @param condition where it counts
 */
public record PieceReference(String name, ArchitectureCondition condition, Position position) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");

    /** Reads an entry; empty when it has no usable name, which is reported. */
    public static Optional<PieceReference> read(YamlNode node, Problems problems) {
        if (node instanceof YamlNode.Mapping) {
            Fields fields = Fields.of(node, "an entry of 'pieces'", problems);
            Optional<YamlNode> name = fields.requiredNode("name");
            ArchitectureCondition condition = fields.node("arch")
                    .map(arch -> ArchitectureCondition.read(arch, "'arch' of a piece", problems))
                    .orElse(ArchitectureCondition.ALWAYS);
            fields.finish();
            return name.flatMap(value -> named(value, condition, problems));
        }
        return named(node, ArchitectureCondition.ALWAYS, problems);
    }

    private static Optional<PieceReference> named(YamlNode name, ArchitectureCondition condition, Problems problems) {
        if (name instanceof YamlNode.Scalar scalar
                && scalar.type() == YamlNode.Scalar.Type.TEXT
                && NAME.matcher(scalar.text()).matches()) {
            return Optional.of(new PieceReference(scalar.text(), condition, name.position()));
        }
        problems.add(
                name.position(),
                name.describe() + " is not the name of a piece: the name of its file without .yaml,"
                        + " or { name: NAME, arch: [x86_64] }");
        return Optional.empty();
    }
}
