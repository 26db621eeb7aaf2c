package dev.osie.build.kernel;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Scratch;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Modules that don't come with the kernel, read and found fit for it. They lie in {@code updates/}, where modprobe prefers them. */
final class AddedModules {
    private final KernelFiles kernel;
    private final Architecture architecture;
    private final ModuleDecoder decoder = new ModuleDecoder();
    private final Optional<SymbolVersions> versions;
    private final Optional<KernelConfig> config;
    private final SortedMap<String, Added> modules = new TreeMap<>();

    /**
     * An added module.
     *
     * @param file how messages call it
     */
    private record Added(DriverSource source, String file, Node.RegularFile content, ModuleLinks links) {}

    private AddedModules(
            KernelFiles kernel,
            Architecture architecture,
            Optional<SymbolVersions> versions,
            Optional<KernelConfig> config) {
        this.kernel = kernel;
        this.architecture = architecture;
        this.versions = versions;
        this.config = config;
    }

    /**
     * Reads modules and compares them with the kernel.
     *
     * @param tree the files of the kernel
     * @throws BuildException when the kernel would refuse one of them, or two have one name
     */
    static AddedModules read(
            Drivers drivers, KernelFiles kernel, Tree tree, Architecture architecture, Scratch scratch) {
        if (drivers.sources().isEmpty()) {
            return new AddedModules(kernel, architecture, Optional.empty(), Optional.empty());
        }
        AddedModules added = new AddedModules(
                kernel,
                architecture,
                versions(drivers, kernel.release(), tree, scratch),
                KernelConfig.of(tree, kernel.release()));
        drivers.sources().forEach(source -> added.add(source, scratch));
        added.requireFit();
        return added;
    }

    private void add(DriverSource source, Scratch scratch) {
        source.modules(kernel.release(), scratch).forEach((path, content) -> {
            String file = path.equals(source.name()) ? path : source.name() + ": " + path;
            ModuleLinks links = located(source, () -> decoder.links(file, content.content(), architecture));
            Added module = new Added(source, file, content, links);
            for (Map.Entry<String, Added> earlier : modules.entrySet()) {
                if (ModulePath.name(earlier.getKey()).equals(ModulePath.name(path))) {
                    throw source.located(badInput("There are two added modules of the name "
                            + ModulePath.name(path) + ": " + earlier.getValue().file() + " ("
                            + earlier.getValue().source().position() + ") and " + file + "; leave one of them out"));
                }
            }
            modules.put(DriverSource.target(path), module);
        });
    }

    private static Optional<SymbolVersions> versions(Drivers drivers, String release, Tree tree, Scratch scratch) {
        Optional<SymbolVersions> own = SymbolVersions.of(tree, release, "the kernel");
        if (own.isPresent() || drivers.headers().isEmpty()) {
            return own;
        }
        KernelTree headers = drivers.headers().get();
        Tree files = headers.reader().apply(scratch);
        return Optional.of(SymbolVersions.of(files, release, headers.name())
                .orElseThrow(() -> badInput("The package " + headers.name() + " has no Module.symvers of linux "
                        + release + ", with which added modules are compared")));
    }

    private void requireFit() {
        SortedMap<String, ModuleLinks> links = new TreeMap<>();
        modules.forEach((path, module) -> links.put(path, module.links()));
        DriverFit fit = new DriverFit(kernel.release(), vermagic(), versions, links, replacedStems());
        modules.forEach((path, module) -> located(module.source(), () -> {
            fit.require(path, module.file());
            requireSignature(module);
            return module;
        }));
    }

    private void requireSignature(Added module) {
        if (!module.links().signed() && isSet("MODULE_SIG_FORCE")) {
            throw badInput("The kernel module " + module.file() + " is not signed, and linux " + kernel.release()
                    + " loads signed modules only (CONFIG_MODULE_SIG_FORCE)");
        }
    }

    private boolean isSet(String option) {
        return config.filter(found -> found.has(option)).isPresent();
    }

    /** What the kernel's own modules say, of which all say the same; empty when it has none. */
    private String vermagic() {
        return kernel.modules().entrySet().stream()
                .findFirst()
                .map(module -> decoder.links(module.getKey(), module.getValue().content(), architecture)
                        .vermagic())
                .orElse("");
    }

    private interface Reading<T> {
        T read();
    }

    private static <T> T located(DriverSource source, Reading<T> reading) {
        try {
            return reading.read();
        } catch (BuildException e) {
            throw source.located(e);
        }
    }

    /** The files of the kernel with the added modules, and without those of its own that they replace. */
    KernelFiles files() {
        NavigableMap<String, Node.RegularFile> all = new TreeMap<>(kernel.modules());
        replaced().forEach(all::remove);
        modules.forEach((path, module) -> all.put(path, module.content()));
        return new KernelFiles(kernel.release(), kernel.image(), all, kernel.deviceTrees(), kernel.lists());
    }

    /** The paths of the kernel's own modules that have the name of an added one. */
    private List<String> replaced() {
        Set<String> names = modules.keySet().stream().map(ModulePath::name).collect(Collectors.toSet());
        return kernel.modules().keySet().stream()
                .filter(path -> names.contains(ModulePath.name(path)))
                .toList();
    }

    private Set<String> replacedStems() {
        return replaced().stream().map(ModulePath::stem).collect(Collectors.toSet());
    }

    /**
     * Refuses added modules that no order of loading satisfies, and those that lack what other modules take from those of the kernel that
     * they replace.
     *
     * @param image all modules of the image
     */
    void requireLoadable(List<ModuleFacts> image) {
        LoadOrder order = new LoadOrder(image);
        modules.forEach((path, module) -> order.circle(ModulePath.name(path)).ifPresent(circle -> {
            throw module.source()
                    .located(badInput("The kernel module " + module.file()
                            + " and others want to be loaded before each other (depends, softdep): "
                            + String.join(" → ", circle)));
        }));
        Set<String> replaced = replacedStems();
        if (versions.isPresent() && !replaced.isEmpty()) {
            image.forEach(user -> requireServing(user, versions.get(), replaced));
        }
    }

    private void requireServing(ModuleFacts user, SymbolVersions symbols, Set<String> replaced) {
        for (String symbol : user.needs()) {
            Optional<SymbolVersions.Symbol> lost =
                    symbols.find(symbol).filter(found -> replaced.contains(found.exporter()));
            if (lost.isPresent()
                    && modules.values().stream()
                            .noneMatch(module -> module.links().exports().contains(symbol))) {
                Added module = byName(ModulePath.name(lost.get().exporter()));
                throw module.source()
                        .located(badInput("The kernel module " + module.file()
                                        + " takes the place of the kernel's own, and lacks the symbol " + symbol
                                        + ", which " + user.path() + " needs")
                                .hint("Perhaps add the " + user.name() + " that was built with it, too."));
            }
        }
    }

    private Added byName(String name) {
        return modules.entrySet().stream()
                .filter(entry -> ModulePath.name(entry.getKey()).equals(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow();
    }

    /** Why each is there, by path. */
    SortedMap<String, String> reasons() {
        SortedMap<String, String> reasons = new TreeMap<>();
        modules.forEach((path, module) -> reasons.put(
                path,
                "drivers.add, " + module.source().position() + ": " + module.file()
                        + (module.links().signed() ? ", signed" : ", not signed")));
        return reasons;
    }

    /** What a user should know of them. */
    List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        replaced().forEach(path -> remarks.add("the added " + ModulePath.name(path) + " is in the place of " + path));
        String release = "linux " + kernel.release();
        String unsigned = names(false);
        if (!unsigned.isEmpty()) {
            remarks.add("not signed: " + unsigned + "; " + release + demand());
        }
        String signed = names(true);
        if (!signed.isEmpty()) {
            remarks.add("signed: " + signed + "; where signatures are demanded, " + release
                    + " loads those whose key it was built with or the firmware has");
        }
        if (!modules.isEmpty() && versions.isEmpty()) {
            remarks.add("symbols of added modules were not compared: " + release + " comes without Module.symvers");
        }
        return remarks;
    }

    private String demand() {
        if (config.isEmpty()) {
            return " does not tell whether it demands signatures";
        } else if (!isSet("MODULE_SIG")) {
            return " does not look for signatures";
        } else if (isSet("LOCK_DOWN_IN_EFI_SECURE_BOOT")) {
            return " loads such modules, but not under Secure Boot";
        }
        return isSet("SECURITY_LOCKDOWN_LSM")
                ? " loads such modules, but not with lockdown= on its command line"
                : " loads such modules";
    }

    private String names(boolean signed) {
        return modules.entrySet().stream()
                .filter(module -> module.getValue().links().signed() == signed)
                .map(module -> ModulePath.name(module.getKey()))
                .collect(Collectors.joining(", "));
    }
}
