package dev.osie.build.kernel;

import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Writes how modules are loaded where modprobe ({@code modprobe.d(5)}) and the boot ({@code modules-load.d(5)}) look for it, and compares
 * all names with the kernel.
 */
final class ModprobeFiles {
    static final String MODPROBE = "etc/modprobe.d/osie-kernel.conf";
    static final String LOAD = "etc/modules-load.d/osie-kernel.conf";

    /** A parameter that every module has (kernel documentation, "Dynamic debug"). */
    private static final String ANY_MODULE = "dyndbg";

    private final ModuleHandling handling;
    private final String release;
    private final Set<String> modules;
    private final Set<String> builtins;
    private final Problems problems = new Problems();

    private ModprobeFiles(ModuleHandling handling, ModuleList kernel) {
        this.handling = handling;
        this.release = kernel.release();
        this.modules = names(kernel.paths());
        this.builtins = names(kernel.builtins().paths());
    }

    private static Set<String> names(List<String> paths) {
        return paths.stream().map(ModulePath::name).collect(Collectors.toSet());
    }

    /**
     * The files by path.
     *
     * @param links reads the module of a name
     * @throws dev.osie.build.failure.BuildException with every name that the kernel does not have
     */
    static SortedMap<String, byte[]> of(
            ModuleHandling handling, ModuleList kernel, Function<String, ModuleLinks> links) {
        ModprobeFiles files = new ModprobeFiles(handling, kernel);
        String modprobe = files.blacklist() + files.options(links);
        String load = files.load();
        files.problems.throwIfAny();
        SortedMap<String, byte[]> written = new TreeMap<>();
        if (!modprobe.isEmpty()) {
            written.put(MODPROBE, modprobe.getBytes(StandardCharsets.UTF_8));
        }
        if (!load.isEmpty()) {
            written.put(LOAD, load.getBytes(StandardCharsets.UTF_8));
        }
        return written;
    }

    private String blacklist() {
        StringBuilder lines = new StringBuilder();
        for (ModuleHandling.Named module : handling.blacklist()) {
            if (requireModule(
                    module, "blacklisted; perhaps keep it from starting by initcall_blacklist= in kernel.cmdline")) {
                lines.append("blacklist ").append(module.underscored()).append('\n');
            }
        }
        return lines.toString();
    }

    private String options(Function<String, ModuleLinks> links) {
        StringBuilder lines = new StringBuilder();
        for (ModuleHandling.Options options : handling.options()) {
            ModuleHandling.Named module = options.module();
            String remedy =
                    "given options here; write them to kernel.cmdline, each as " + module.underscored() + ".NAME=VALUE";
            if (requireModule(module, remedy) && requireLine(options)) {
                requireParameters(options, links.apply(module.underscored()));
                lines.append("options ").append(module.underscored());
                lines.append(' ').append(options.parameters().strip()).append('\n');
            }
        }
        return lines.toString();
    }

    private boolean requireLine(ModuleHandling.Options options) {
        String text = options.parameters();
        boolean line = !text.isBlank() && !text.endsWith("\\") && text.chars().allMatch(c -> c >= ' ' && c <= '~');
        if (!line) {
            problems.add(
                    options.module().position(),
                    "the options of " + options.module().name() + " must be one line of printable ASCII, such as"
                            + " \"name=value name=value\"");
        }
        return line;
    }

    private void requireParameters(ModuleHandling.Options options, ModuleLinks module) {
        Set<String> known =
                module.parameters().stream().map(ModulePath::underscored).collect(Collectors.toSet());
        for (String name : options.names()) {
            if (!known.contains(name) && !name.equals(ANY_MODULE)) {
                String closest = Suggestion.closest(name, known)
                        .map(found -> " — did you mean '" + found + "'?")
                        .orElse(
                                known.isEmpty()
                                        ? ", which has none"
                                        : "; it has " + String.join(", ", module.parameters()));
                problems.add(
                        options.module().position(),
                        "'" + name + "' is no parameter of " + options.module().name() + closest);
            }
        }
    }

    private String load() {
        Set<String> blacklisted = handling.blacklist().stream()
                .map(ModuleHandling.Named::underscored)
                .collect(Collectors.toSet());
        StringBuilder lines = new StringBuilder();
        for (ModuleHandling.Named module : handling.load()) {
            if (blacklisted.contains(module.underscored())) {
                problems.add(module.position(), "'" + module.name() + "' cannot be loaded and blacklisted");
            } else if (!builtins.contains(module.underscored()) && requireModule(module, "")) {
                lines.append(module.underscored()).append('\n');
            }
        }
        return lines.toString();
    }

    private boolean requireModule(ModuleHandling.Named module, String remedyIfBuiltIn) {
        String name = module.underscored();
        if (modules.contains(name)) {
            return true;
        }
        Optional<String> closest = Suggestion.closest(name, modules);
        problems.add(
                module.position(),
                builtins.contains(name)
                        ? "'" + module.name() + "' is built into linux " + release + " and cannot be " + remedyIfBuiltIn
                        : "linux " + release + " has no module '" + module.name() + "'"
                                + closest.map(found -> " — did you mean '" + found + "'?")
                                        .orElse(""));
        return false;
    }
}
