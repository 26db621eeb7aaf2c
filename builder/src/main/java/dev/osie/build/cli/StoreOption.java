package dev.osie.build.cli;

import dev.osie.build.store.Store;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where the store is. */
final class StoreOption {
    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description =
                    "The store of downloads and finished steps. Default: osie-build below $XDG_CACHE_HOME or ~/.cache.")
    private Path cache;

    Store open() {
        return Store.open(cache != null ? cache : defaultCache());
    }

    private static Path defaultCache() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return base.resolve("osie-build");
    }
}
