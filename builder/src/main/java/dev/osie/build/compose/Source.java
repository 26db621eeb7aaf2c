package dev.osie.build.compose;

import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A document as it was read.
 *
 * @param name what positions call it
 * @param role what it is in the composition
 */
record Source(String name, Path file, Role role, YamlNode.Mapping content) {
    /** What a document is in a composition. */
    enum Role {
        PIECE,
        FLAVOR,
        OVERLAY
    }

    static Source of(String name, Path file, Role role, YamlNode root) {
        if (root instanceof YamlNode.Mapping content) {
            return new Source(name, file, role, content);
        }
        throw Problems.failure(
                root.position(),
                "the document must be a mapping with sections such as 'services', not " + root.describe());
    }

    /** Whether this is plain LinuxKit YAML, in which {@code ${NAME}} means nothing. */
    boolean isLiteral() {
        return role == Role.FLAVOR && osie().isEmpty();
    }

    /** What the document adds to a composition: all but its own description, unless it is the flavor. */
    YamlNode.Mapping contribution() {
        if (role == Role.FLAVOR) {
            return content;
        }
        return new YamlNode.Mapping(
                content.entries().stream().map(Source::undescribed).toList(), content.position());
    }

    private static YamlNode.Entry undescribed(YamlNode.Entry section) {
        if (!section.key().text().equals("osie") || !(section.value() instanceof YamlNode.Mapping osie)) {
            return section;
        }
        List<YamlNode.Entry> entries = osie.entries().stream()
                .filter(entry -> !entry.key().text().equals("description"))
                .toList();
        return new YamlNode.Entry(section.key(), new YamlNode.Mapping(entries, osie.position()));
    }

    /** The section {@code osie:}, if it is a mapping. */
    Optional<YamlNode.Mapping> osie() {
        return content.get("osie").filter(YamlNode.Mapping.class::isInstance).map(YamlNode.Mapping.class::cast);
    }

    /** The file's name without its extension. */
    String stem() {
        return stem(file);
    }

    static String stem(Path file) {
        String name = file.getFileName().toString();
        for (String extension : List.of(".yaml", ".yml")) {
            if (name.endsWith(extension)) {
                return name.substring(0, name.length() - extension.length());
            }
        }
        return name;
    }
}
