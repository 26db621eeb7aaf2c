package dev.osie.build.kernel;

import dev.osie.build.store.StepKey;
import dev.osie.build.yaml.Position;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What becomes of modules when the machine runs.
 *
 * @param blacklist modules that are not loaded because a device asks for them
 * @param options parameters by module
 * @param load modules to load at boot whatever the hardware, in this order
 */
public record ModuleHandling(List<Named> blacklist, List<Options> options, List<Named> load) {
    /** Nothing is different from what the modules say themselves. */
    public static final ModuleHandling NONE = new ModuleHandling(List.of(), List.of(), List.of());

    /** A parameter and its value, which may stand in quotes (kernel documentation, "The kernel's command-line parameters"). */
    private static final Pattern PARAMETER = Pattern.compile("(?:[^\\s\"]|\"[^\"]*\")+");

    public ModuleHandling {
        blacklist = List.copyOf(blacklist);
        options = List.copyOf(options);
        load = List.copyOf(load);
    }

    /** A module, and where a document names it. */
    public record Named(String name, Position position) {
        String underscored() {
            return ModulePath.underscored(name);
        }
    }

    /**
     * Parameters of a module.
     *
     * @param parameters {@code name=value}, separated by spaces
     */
    public record Options(Named module, String parameters) {
        /** The names of the parameters. */
        Set<String> names() {
            Set<String> names = new TreeSet<>();
            Matcher matcher = PARAMETER.matcher(parameters);
            while (matcher.find()) {
                names.add(ModulePath.underscored(matcher.group().replaceFirst("=.*", "")));
            }
            return names;
        }
    }

    /** Whether a module, by its name with underscores, is to be loaded at boot. */
    boolean loads(String name) {
        return load.stream().anyMatch(module -> module.underscored().equals(name));
    }

    void addTo(StepKey key) {
        key.withAll("blacklist", names(blacklist, Named::underscored));
        key.withAll("options", names(options, each -> each.module().underscored() + " " + each.parameters()));
        key.withAll("load", names(load, Named::underscored));
    }

    private static <T> List<String> names(List<T> all, Function<T, String> name) {
        return all.stream().map(name).toList();
    }
}
