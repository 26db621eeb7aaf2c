package dev.osie.build.kernel;

import dev.osie.build.platform.Architecture;
import dev.osie.build.store.StepKey;
import dev.osie.build.yaml.Position;
import java.nio.file.Path;
import java.util.List;

/**
 * Which modules of a kernel go into an image, before dependencies: those of the included sets and of the own rules, without those
 * that the exclusions name. A module that another one depends on comes back whatever excludes it.
 *
 * @param name of the document, or of what else asks for modules
 * @param description one line for people
 * @param include other sets
 * @param modules rules for what goes in
 * @param exclude rules for what stays out
 */
public record ModuleSet(
        String name, String description, List<ModuleSet> include, List<ModuleRule> modules, List<ModuleRule> exclude) {
    public ModuleSet {
        include = List.copyOf(include);
        modules = List.copyOf(modules);
        exclude = List.copyOf(exclude);
    }

    /**
     * Reads {@code NAME.yaml} of a folder and the sets it includes.
     *
     * @param architecture decides which of the rules under {@code only:} count
     */
    public static ModuleSet read(Path folder, String name, Architecture architecture) {
        return new ModuleSetReader(folder, architecture).read(name);
    }

    /** Every module of a kernel. */
    public static ModuleSet all(Position position) {
        return new ModuleSet(
                "all",
                "every module of the kernel",
                List.of(),
                rules(List.of("*"), "all modules", position),
                List.of());
    }

    /** What any of the sets asks for; no module at all when there is none. */
    public static ModuleSet union(List<ModuleSet> sets) {
        return sets.size() == 1 ? sets.get(0) : new ModuleSet("union", "several sets", sets, List.of(), List.of());
    }

    /**
     * This set changed by a flavor or an overlay.
     *
     * @param add patterns of modules to add
     * @param drop patterns of modules to leave out
     * @param origin who asks, for people
     * @param position where it is asked
     */
    public ModuleSet changed(List<String> add, List<String> drop, String origin, Position position) {
        if (add.isEmpty() && drop.isEmpty()) {
            return this;
        }
        return new ModuleSet(
                name, description, List.of(this), rules(add, origin, position), rules(drop, origin, position));
    }

    /**
     * This set without some modules.
     *
     * @param drop rules for what stays out unless another module needs it
     */
    public ModuleSet without(List<ModuleRule> drop) {
        return drop.isEmpty() ? this : new ModuleSet(name, description, List.of(this), List.of(), drop);
    }

    /** Adds to a step's key what decides which modules are selected, and why. */
    void addTo(StepKey key) {
        key.with("include", include.size());
        include.forEach(set -> set.addTo(key));
        key.withAll("modules", modules.stream().map(ModuleSet::identity).toList());
        key.withAll("exclude", exclude.stream().map(ModuleSet::identity).toList());
    }

    /** A rule without its line, which moves when somebody adds a comment. */
    private static String identity(ModuleRule rule) {
        return rule.origin() + ": " + rule.pattern();
    }

    private static List<ModuleRule> rules(List<String> patterns, String origin, Position position) {
        return patterns.stream()
                .map(pattern -> new ModuleRule(pattern, origin, position))
                .toList();
    }
}
