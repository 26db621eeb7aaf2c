package dev.osie.build.kernel;

import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Finds the modules that a set names. */
final class ModuleSelection {
    private final ModuleList kernel;
    private final Problems problems = new Problems();

    private ModuleSelection(ModuleList kernel) {
        this.kernel = kernel;
    }

    /**
     * The reasons by path.
     *
     * @throws dev.osie.build.failure.BuildException that lists every rule which fits no module of the kernel
     */
    static SortedMap<String, String> select(ModuleList kernel, ModuleSet set) {
        ModuleSelection selection = new ModuleSelection(kernel);
        SortedMap<String, String> reasons = selection.evaluate(set);
        selection.problems.throwIfAny();
        return reasons;
    }

    private SortedMap<String, String> evaluate(ModuleSet set) {
        SortedMap<String, String> reasons = new TreeMap<>();
        set.include().forEach(included -> evaluate(included).forEach(reasons::putIfAbsent));
        for (ModuleRule rule : set.modules()) {
            match(rule).forEach(path -> reasons.putIfAbsent(path, rule.origin()));
        }
        set.exclude().forEach(rule -> match(rule).forEach(reasons::remove));
        return reasons;
    }

    private List<String> match(ModuleRule rule) {
        List<String> found = match(rule, kernel.paths());
        if (found.isEmpty()
                && !rule.isOptional()
                && match(rule, kernel.builtins().paths()).isEmpty()) {
            problems.add(rule.position(), unknown(rule));
        }
        return found;
    }

    private static List<String> match(ModuleRule rule, Collection<String> paths) {
        Pattern pattern = rule.compiled();
        return paths.stream()
                .filter(path -> pattern.matcher(rule.subject(path)).matches())
                .toList();
    }

    private String unknown(ModuleRule rule) {
        List<String> candidates = kernel.paths().stream().map(rule::subject).toList();
        return "'" + rule.pattern() + "' fits no module of linux " + kernel.release()
                + Suggestion.closest(rule.pattern(), candidates)
                        .map(closest -> " — did you mean '" + closest + "'?")
                        .orElse("");
    }
}
