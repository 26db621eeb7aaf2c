package dev.osie.build.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Collects the {@code key=value} texts of a module's section {@code .modinfo}; a key may stand many times. */
final class Modinfo {
    private final Map<String, List<String>> values = new HashMap<>();

    void add(String entry) {
        int equals = entry.indexOf('=');
        if (equals > 0) {
            values.computeIfAbsent(entry.substring(0, equals), key -> new ArrayList<>())
                    .add(entry.substring(equals + 1));
        }
    }

    List<String> all(String key) {
        return values.getOrDefault(key, List.of());
    }

    ModuleFacts facts(String path, List<String> exports, List<String> needs) {
        return new ModuleFacts(
                path,
                lines(path, "depends").stream()
                        .flatMap(names -> Arrays.stream(names.split(",")))
                        .filter(name -> !name.isEmpty())
                        .map(ModulePath::underscored)
                        .toList(),
                lines(path, "alias"),
                lines(path, "softdep"),
                lines(path, "weakdep"),
                lines(path, "firmware"),
                lines(path, "vermagic").stream().findFirst().orElse(""),
                exports,
                needs);
    }

    ModuleLinks links(
            String path,
            List<String> exports,
            List<String> needs,
            SortedMap<String, Integer> expected,
            boolean signed) {
        return new ModuleLinks(
                lines(path, "vermagic").stream().findFirst().orElse("").stripTrailing(),
                lines(path, "license").stream().findFirst().orElse(""),
                new TreeSet<>(lines(path, "import_ns")),
                new TreeSet<>(needs),
                expected,
                new TreeSet<>(exports),
                // name:type
                lines(path, "parmtype").stream()
                        .map(parameter -> parameter.replaceFirst(":.*", ""))
                        .collect(Collectors.toCollection(TreeSet::new)),
                signed);
    }

    private List<String> lines(String path, String key) {
        List<String> found = all(key);
        found.forEach(value -> PrintableAscii.require(value, "The " + key + " of the kernel module " + path));
        return found;
    }
}
