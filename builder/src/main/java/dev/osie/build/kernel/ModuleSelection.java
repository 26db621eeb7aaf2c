package dev.osie.build.kernel;

import dev.osie.build.kernel.DriverCatalogue.Driver;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Finds the modules that a set names. */
final class ModuleSelection {
    private final ModuleList kernel;
    private final Supplier<DriverCatalogue> drivers;
    private final Problems problems = new Problems();
    private Optional<DriverCatalogue> read = Optional.empty();

    private ModuleSelection(ModuleList kernel, Supplier<DriverCatalogue> drivers) {
        this.kernel = kernel;
        this.drivers = drivers;
    }

    /**
     * The reasons by path.
     *
     * @param drivers of the kernel; asked for only when a rule names devices, as all modules have to be read for them
     * @throws dev.osie.build.failure.BuildException that lists every rule which fits no module of the kernel
     */
    static SortedMap<String, String> select(ModuleList kernel, ModuleSet set, Supplier<DriverCatalogue> drivers) {
        ModuleSelection selection = new ModuleSelection(kernel, drivers);
        SortedMap<String, String> reasons = selection.evaluate(set);
        selection.problems.throwIfAny();
        return reasons;
    }

    /** The modules that the set itself, as opposed to those it includes, excludes, and the origin of the rule. */
    static SortedMap<String, String> excluded(ModuleList kernel, ModuleSet set) {
        SortedMap<String, String> excluded = new TreeMap<>();
        set.exclude()
                .forEach(
                        rule -> match(rule, kernel.paths()).forEach(path -> excluded.putIfAbsent(path, rule.origin())));
        return excluded;
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
        if (rule.isAlias()) {
            return driving(rule);
        }
        List<String> found = match(rule, kernel.paths());
        if (found.isEmpty()
                && !rule.isOptional()
                && match(rule, kernel.builtins().paths()).isEmpty()) {
            problems.add(rule.position(), unknown(rule));
        }
        return found;
    }

    private List<String> driving(ModuleRule rule) {
        AliasRule devices = AliasRule.parse(rule.required());
        List<Driver> found = drivers().stream().filter(devices::fits).toList();
        if (found.isEmpty() && !rule.isOptional()) {
            problems.add(
                    rule.position(),
                    "'" + rule.pattern() + "' fits no alias of a driver of linux " + kernel.release()
                            + ": expected devices such as pci:8086:1521, usb:0bda:*, or a pattern of aliases as modinfo prints them");
        }
        return found.stream()
                .filter(driver -> !driver.isBuiltIn())
                .map(Driver::path)
                .toList();
    }

    private List<Driver> drivers() {
        if (read.isEmpty()) {
            read = Optional.of(drivers.get());
        }
        return read.get().drivers();
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
