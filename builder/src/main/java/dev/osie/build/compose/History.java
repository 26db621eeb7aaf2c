package dev.osie.build.compose;

import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.YamlNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What lower documents said where an upper one says something else. It knows values by identity: two values may be equal and stand in
 * different documents.
 */
public final class History {
    private final Map<YamlNode, YamlNode> replaced = new IdentityHashMap<>();
    private final Map<String, Position> removed = new HashMap<>();

    History() {}

    void replace(YamlNode below, YamlNode by) {
        if (!sameText(below, by)) {
            replaced.put(by, below);
        }
    }

    /** Gives a value that was made from another, by adding to it, the other's history. */
    void inherit(YamlNode from, YamlNode made) {
        Optional.ofNullable(replaced.get(from)).ifPresent(below -> replaced.put(made, below));
    }

    void remove(String section, String name, Position by) {
        removed.put(section + "/" + name, by);
    }

    /** Where an entry was taken away, by its path: {@code services/getty}. */
    public Optional<Position> removal(String path) {
        return Optional.ofNullable(removed.get(path));
    }

    /** The values that a value of the composed document took the place of, the nearest first. */
    public List<YamlNode> below(YamlNode value) {
        List<YamlNode> values = new ArrayList<>();
        for (YamlNode next = replaced.get(value); next != null; next = replaced.get(next)) {
            values.add(next);
        }
        return values;
    }

    private static boolean sameText(YamlNode a, YamlNode b) {
        return a instanceof YamlNode.Scalar one
                && b instanceof YamlNode.Scalar other
                && one.text().equals(other.text());
    }
}
