package dev.osie.build.kernel;

import dev.osie.build.store.StepKey;
import java.util.List;
import java.util.Optional;

/**
 * What is done with the modules of a kernel beyond choosing some.
 *
 * @param sources modules to add, of which those go in that fit the kernel's release
 * @param headers the package with the {@code Module.symvers} of the kernel, where its own files lack it
 * @param handling blacklist, parameters and what is loaded at boot
 */
public record Drivers(List<DriverSource> sources, Optional<KernelTree> headers, ModuleHandling handling) {
    /** Modules stay as the kernel brings them. */
    public static final Drivers NONE = new Drivers(List.of(), Optional.empty(), ModuleHandling.NONE);

    public Drivers {
        sources = List.copyOf(sources);
    }

    /** Adds to a step's key what decides which modules are added, and what is said of each. */
    void addSourcesTo(StepKey key) {
        for (DriverSource source : sources) {
            key.with("driver", source.digest()).with("driver of", source.name() + " " + source.position());
        }
        if (!sources.isEmpty()) {
            headers.ifPresent(tree -> key.with("headers", tree.digest()));
        }
    }

    void addTo(StepKey key) {
        addSourcesTo(key);
        handling.addTo(key);
    }
}
