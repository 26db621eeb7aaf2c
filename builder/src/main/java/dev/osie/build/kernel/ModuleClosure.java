package dev.osie.build.kernel;

import static dev.osie.build.failure.BuildException.badInput;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Adds to some modules all that those need: by symbols ({@code depends}), and as far as the kernel has them by request
 * ({@code softdep}, {@code weakdep}). Only modules that may go in are read, because unpacking all of a kernel takes long.
 */
final class ModuleClosure {
    private static final String CRYPTO = "/crypto/";

    private final ModuleList kernel;
    private final Function<Collection<String>, List<ModuleFacts>> reader;
    private final Map<String, String> pathsByName = new HashMap<>();
    private final Map<String, ModuleFacts> read = new HashMap<>();
    private final Map<String, List<String>> algorithms = new HashMap<>();

    private ModuleClosure(ModuleList kernel, Function<Collection<String>, List<ModuleFacts>> reader) {
        this.kernel = kernel;
        this.reader = reader;
        kernel.paths().forEach(path -> pathsByName.put(ModulePath.name(path), path));
    }

    /**
     * Modules that can be loaded.
     *
     * @param reasons of all, by path
     * @param facts of all, in the order of the kernel's list
     */
    record Complete(SortedMap<String, String> reasons, List<ModuleFacts> facts) {
        /** @param excluded by whom, for modules that were asked to stay out */
        List<SelectedModule> selected(Map<String, String> excluded) {
            Map<String, List<String>> firmware = new HashMap<>();
            facts.forEach(module -> firmware.put(module.path(), List.copyOf(new TreeSet<>(module.firmware()))));
            return reasons.entrySet().stream()
                    .map(entry -> new SelectedModule(
                            entry.getKey(),
                            entry.getValue()
                                    + (excluded.containsKey(entry.getKey())
                                            ? ", though " + excluded.get(entry.getKey()) + " names it"
                                            : ""),
                            firmware.get(entry.getKey())))
                    .toList();
        }
    }

    /**
     * Completes a selection.
     *
     * @param asked reasons by path
     * @param reader reads modules at paths
     */
    static Complete of(
            ModuleList kernel,
            SortedMap<String, String> asked,
            Function<Collection<String>, List<ModuleFacts>> reader) {
        return new ModuleClosure(kernel, reader).close(asked);
    }

    private Complete close(SortedMap<String, String> asked) {
        SortedMap<String, String> reasons = new TreeMap<>(asked);
        Collection<String> added = asked.keySet();
        while (!added.isEmpty()) {
            SortedMap<String, String> next = new TreeMap<>();
            for (ModuleFacts module : facts(added)) {
                for (String needed : neededBy(module)) {
                    if (!reasons.containsKey(needed)) {
                        next.putIfAbsent(needed, "needed by " + module.name());
                    }
                }
            }
            reasons.putAll(next);
            added = next.keySet();
        }
        return new Complete(reasons, facts(kernel.inOrder(reasons.keySet())));
    }

    /** The facts of modules in the order of their paths given, read at most once. */
    private List<ModuleFacts> facts(Collection<String> paths) {
        List<String> missing =
                paths.stream().filter(path -> !read.containsKey(path)).toList();
        if (!missing.isEmpty()) {
            reader.apply(missing).forEach(module -> read.put(module.path(), module));
        }
        return paths.stream().map(read::get).toList();
    }

    private List<String> neededBy(ModuleFacts module) {
        List<String> needed = new ArrayList<>();
        for (String name : module.depends()) {
            String path = pathsByName.get(name);
            if (path == null) {
                throw badInput("The kernel module " + module.path() + " depends on " + name + ", which linux "
                        + kernel.release() + " does not have");
            }
            needed.add(path);
        }
        module.softdeps().forEach(value -> needed.addAll(wished(value)));
        module.weakdeps().forEach(value -> needed.addAll(wished(value)));
        return needed;
    }

    /** What the words of a soft dependency stand for: modules' names, devices' names ({@code platform:X}) or algorithms. */
    private List<String> wished(String softdep) {
        List<String> found = new ArrayList<>();
        for (String word : softdep.split("\\s+")) {
            String name = ModulePath.underscored(word.substring(word.indexOf(':') + 1));
            if (pathsByName.containsKey(name)) {
                found.add(pathsByName.get(name));
            } else if (!name.isEmpty()) {
                found.addAll(algorithms().getOrDefault(name, List.of()));
            }
        }
        return found;
    }

    /** Modules by the algorithms they implement, which are their aliases; the kernel keeps them in directories called crypto. */
    private Map<String, List<String>> algorithms() {
        if (algorithms.isEmpty()) {
            List<String> paths = kernel.paths().stream()
                    .filter(path -> path.contains(CRYPTO))
                    .toList();
            for (ModuleFacts module : facts(paths)) {
                for (String alias : module.aliases()) {
                    algorithms
                            .computeIfAbsent(ModulePath.underscored(alias), name -> new ArrayList<>())
                            .add(module.path());
                }
            }
        }
        return algorithms;
    }
}
