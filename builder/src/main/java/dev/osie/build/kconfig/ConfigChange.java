package dev.osie.build.kconfig;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What somebody changed in a configuration, as changes of its fragments: an option that a fragment asks for is changed where it stands, any
 * other is added to one of them.
 *
 * @param values new values by option
 */
public record ConfigChange(SortedMap<String, String> values) {
    public ConfigChange {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    /**
     * The difference.
     *
     * @param before the smallest configuration that leads to the one before, as {@code make savedefconfig} writes it
     * @param after the same of the one after
     * @param whole the one after, with what follows from other options
     */
    public static ConfigChange between(FinalConfig before, FinalConfig after, FinalConfig whole, WantedConfig wanted) {
        Set<String> options = new TreeSet<>(before.values().keySet());
        options.addAll(after.values().keySet());
        options.removeIf(option -> before.value(option).equals(after.value(option)));
        // An option may have gone with another on which it depends; asking for it would fail from now on.
        wanted.settings().forEach((option, setting) -> {
            if (!whole.value(option).equals(setting.value())) {
                options.add(option);
            }
        });
        SortedMap<String, String> values = new TreeMap<>();
        options.forEach(option -> values.put(option, whole.value(option)));
        return new ConfigChange(values);
    }

    /**
     * The new text of a fragment.
     *
     * @param lines its present ones
     * @param adding whether options that no fragment asks for go in here
     */
    public List<String> apply(Path file, List<String> lines, WantedConfig wanted, boolean adding) {
        List<String> changed = new ArrayList<>(lines);
        for (Map.Entry<String, String> value : values.entrySet()) {
            Setting earlier = wanted.settings().get(value.getKey());
            String line = Setting.line(value.getKey(), value.getValue());
            if (earlier != null && earlier.position().document().equals(file.toString())) {
                changed.set(earlier.position().line() - 1, line);
            } else if (earlier == null && adding) {
                changed.add(line);
            }
        }
        return changed;
    }
}
