package dev.osie.build.spec;

import dev.osie.build.yaml.YamlNode;
import dev.osie.build.yaml.YamlNode.Entry;
import dev.osie.build.yaml.YamlNode.Mapping;
import dev.osie.build.yaml.YamlNode.Scalar;
import dev.osie.build.yaml.YamlNode.Sequence;
import java.util.Set;

/**
 * Spells the values of a document so that LinuxKit and readers of every version of YAML take them alike: truth values are {@code true}
 * and {@code false}, ids are numbers, keys without a value are left out, and all else that isn't a number is text.
 */
final class LinuxKitValues {
    private static final Set<String> TRUTH_VALUES =
            Set.of("allow", "createInRoot", "directory", "disableOOMKiller", "noNewPrivileges", "optional", "readonly");
    private static final Set<String> IDS = Set.of("uid", "gid", "additionalGids");

    /** Mappings whose keys are the user's, and whose values are text. */
    private static final Set<String> TEXTS = Set.of("annotations", "sysctl");

    private LinuxKitValues() {}

    static Mapping of(Mapping document) {
        return new Mapping(
                document.entries().stream()
                        .filter(entry -> !isNull(entry.value()))
                        .map(entry -> new Entry(entry.key(), of(entry.key().text(), entry.value())))
                        .toList(),
                document.position());
    }

    private static YamlNode of(String key, YamlNode value) {
        if (value instanceof Mapping mapping) {
            return TEXTS.contains(key) ? texts(mapping) : of(mapping);
        }
        if (value instanceof Sequence list) {
            return new Sequence(list.items().stream().map(item -> of(key, item)).toList(), list.position());
        }
        return scalar(key, (Scalar) value);
    }

    private static Mapping texts(Mapping mapping) {
        return new Mapping(
                mapping.entries().stream()
                        .filter(entry -> !isNull(entry.value()))
                        .map(entry -> new Entry(entry.key(), of("", entry.value())))
                        .toList(),
                mapping.position());
    }

    private static Scalar scalar(String key, Scalar value) {
        if (value.bool().isPresent() && TRUTH_VALUES.contains(key)) {
            return new Scalar(value.bool().get().toString(), Scalar.Type.BOOLEAN, value.position());
        }
        boolean text = value.type() == Scalar.Type.TEXT;
        if (text && IDS.contains(key) && new Identity(value.text(), value.position()).isNumber()) {
            String number = Long.toString(Long.parseLong(value.text()));
            return new Scalar(number, Scalar.Type.INTEGER, value.position());
        }
        return value.isText() ? new Scalar(value.text(), Scalar.Type.TEXT, value.position()) : value;
    }

    private static boolean isNull(YamlNode node) {
        return node instanceof Scalar scalar && scalar.isNull();
    }
}
