package dev.osie.build.kernel;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a kernel would load modules that were not built with it. It compares what the kernel compares (kernel sources,
 * {@code kernel/module/version.c}, {@code main.c}): vermagic, that all symbols are there and open to the module, and their checksums.
 * The release is compared even where the kernel would go by the checksums alone.
 */
final class DriverFit {
    private static final int SHOWN = 5;

    private final String release;
    private final String vermagic;
    private final Optional<SymbolVersions> versions;
    private final Map<String, ModuleLinks> added;
    private final Set<String> replaced;
    private final Set<String> exported = new HashSet<>();

    /**
     * A kernel, as modules see it.
     *
     * @param vermagic of the kernel's own modules; empty when it has none
     * @param versions of its symbols; empty when they are not known
     * @param added the modules that are added, by path
     * @param replaced the paths, without suffix, of those of the kernel's modules whose names the added ones have
     */
    DriverFit(
            String release,
            String vermagic,
            Optional<SymbolVersions> versions,
            Map<String, ModuleLinks> added,
            Set<String> replaced) {
        this.release = release;
        this.vermagic = vermagic;
        this.versions = versions;
        this.added = added;
        this.replaced = replaced;
        added.values().forEach(module -> exported.addAll(module.exports()));
    }

    /** Refuses the added module with this path if the kernel would. */
    void require(String path, String file) {
        ModuleLinks module = added.get(path);
        requireVermagic(module, file);
        if (versions.isPresent()) {
            requireSymbols(module, versions.get(), file);
        }
    }

    private void requireVermagic(ModuleLinks module, String file) {
        String made = module.vermagic();
        if (made.isEmpty()) {
            throw refused(file, "it has no vermagic, so it can't be told for which kernel it was made")
                    .hint(
                            "Perhaps it was not linked by the kernel's build (modpost); build it against the kernel's headers.");
        }
        String expected = vermagic.isEmpty() ? release : vermagic;
        String compared = vermagic.isEmpty() ? made.split(" ", 2)[0] : made;
        if (!compared.equals(expected)) {
            throw refused(file, "it is made for '" + made + "', and this kernel's own modules for '" + expected + "'")
                    .hint("Build it against the headers of linux " + release
                            + ", or use the kernel that it is made for: osie.kernel.use.");
        }
    }

    private void requireSymbols(ModuleLinks module, SymbolVersions kernel, String file) {
        List<String> missing = new ArrayList<>();
        List<String> closed = new ArrayList<>();
        List<String> foreign = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        for (String name : module.needs()) {
            Optional<SymbolVersions.Symbol> found =
                    kernel.find(name).filter(symbol -> !replaced.contains(symbol.exporter()));
            if (exported.contains(name)) {
                continue;
            }
            if (found.isEmpty()) {
                missing.add(name);
                continue;
            }
            SymbolVersions.Symbol symbol = found.get();
            if (symbol.gplOnly() && !module.mayUseGplSymbols()) {
                closed.add(name);
            }
            if (!symbol.namespace().isEmpty() && !module.namespaces().contains(symbol.namespace())) {
                foreign.add(name + " (" + symbol.namespace() + ")");
            }
            Integer expected = module.expected().get(name);
            if (expected != null && expected != symbol.checksum()) {
                changed.add(String.format("%s (0x%08x, the kernel's is 0x%08x)", name, expected, symbol.checksum()));
            }
        }
        refuse(file, "it needs symbols that neither this kernel nor an added module has: ", missing);
        refuse(file, "its license is '" + module.license() + "', and these symbols are for GPL modules only: ", closed);
        refuse(file, "it doesn't import the namespaces of symbols it needs: ", foreign);
        refuse(file, "it was built with other versions of symbols than this kernel has: ", changed);
    }

    private void refuse(String file, String reason, Collection<String> symbols) {
        if (!symbols.isEmpty()) {
            String shown = String.join(", ", symbols.stream().limit(SHOWN).toList());
            String more = symbols.size() > SHOWN ? " and " + (symbols.size() - SHOWN) + " more" : "";
            throw refused(file, reason + shown + more).hint("Build it against the headers of linux " + release + ".");
        }
    }

    private BuildException refused(String file, String reason) {
        return badInput("The kernel module " + file + " does not fit linux " + release + ": " + reason);
    }
}
