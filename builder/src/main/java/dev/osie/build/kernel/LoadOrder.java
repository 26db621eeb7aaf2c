package dev.osie.build.kernel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What modules want to be loaded before them: those whose symbols they use ({@code depends}), and those of {@code softdep … pre:}. */
final class LoadOrder {
    private final Map<String, List<String>> before = new HashMap<>();

    LoadOrder(List<ModuleFacts> modules) {
        for (ModuleFacts module : modules) {
            List<String> names = new ArrayList<>(module.depends());
            module.softdeps().forEach(value -> names.addAll(pre(value)));
            before.put(module.name(), names);
        }
    }

    private static List<String> pre(String softdep) {
        List<String> names = new ArrayList<>();
        boolean pre = false;
        for (String word : softdep.split("\\s+")) {
            if (word.endsWith(":")) {
                pre = word.equals("pre:");
            } else if (pre) {
                names.add(ModulePath.underscored(word));
            }
        }
        return names;
    }

    /** The way from a module back to itself, if it wants something before it that wants the module before. */
    Optional<List<String>> circle(String module) {
        Map<String, String> from = new HashMap<>();
        Set<String> seen = new HashSet<>();
        Deque<String> left = new ArrayDeque<>(List.of(module));
        while (!left.isEmpty()) {
            String name = left.removeFirst();
            for (String next : before.getOrDefault(name, List.of())) {
                if (next.equals(module)) {
                    return Optional.of(way(module, name, from));
                }
                if (seen.add(next)) {
                    from.put(next, name);
                    left.addLast(next);
                }
            }
        }
        return Optional.empty();
    }

    private static List<String> way(String module, String last, Map<String, String> from) {
        Deque<String> way = new ArrayDeque<>(List.of(module));
        for (String name = last; !name.equals(module); name = from.get(name)) {
            way.addFirst(name);
        }
        way.addFirst(module);
        return List.copyOf(way);
    }
}
