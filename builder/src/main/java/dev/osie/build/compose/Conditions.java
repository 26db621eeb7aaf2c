package dev.osie.build.compose;

import dev.osie.build.platform.Architecture;
import dev.osie.build.spec.ArchitectureCondition;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import java.util.List;

/** Leaves out the entries of a document's lists that are for other architectures: those whose {@code $arch} does not name this one. */
final class Conditions {
    private static final String ARCH = "$arch";

    private final Architecture architecture;
    private final Problems problems;

    Conditions(Architecture architecture, Problems problems) {
        this.architecture = architecture;
        this.problems = problems;
    }

    /** Whether any entry is for some architectures only. */
    static boolean has(YamlNode.Mapping document) {
        return document.entries().stream()
                .filter(section -> NamedList.KEYS.containsKey(section.key().text()))
                .filter(section -> section.value() instanceof YamlNode.Sequence)
                .flatMap(section -> ((YamlNode.Sequence) section.value()).items().stream())
                .anyMatch(item -> item instanceof YamlNode.Mapping entry
                        && entry.get(ARCH).isPresent());
    }

    YamlNode.Mapping apply(YamlNode.Mapping document) {
        return new YamlNode.Mapping(
                document.entries().stream().map(this::section).toList(), document.position());
    }

    private YamlNode.Entry section(YamlNode.Entry section) {
        if (NamedList.KEYS.containsKey(section.key().text()) && section.value() instanceof YamlNode.Sequence list) {
            List<YamlNode> kept = list.items().stream()
                    .filter(this::counts)
                    .map(Conditions::without)
                    .toList();
            return new YamlNode.Entry(section.key(), new YamlNode.Sequence(kept, list.position()));
        }
        return section;
    }

    private boolean counts(YamlNode item) {
        return !(item instanceof YamlNode.Mapping entry)
                || entry.get(ARCH)
                        .map(arch -> ArchitectureCondition.read(arch, ARCH, problems))
                        .orElse(ArchitectureCondition.ALWAYS)
                        .holds(architecture);
    }

    private static YamlNode without(YamlNode item) {
        if (item instanceof YamlNode.Mapping entry && entry.get(ARCH).isPresent()) {
            List<YamlNode.Entry> fields = entry.entries().stream()
                    .filter(field -> !field.key().text().equals(ARCH))
                    .toList();
            return new YamlNode.Mapping(fields, entry.position());
        }
        return item;
    }
}
