package dev.osie.build.cli;

import dev.osie.build.store.Lease;
import dev.osie.build.store.Store;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where the store is. */
final class StoreOption {
    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description =
                    "The store of downloads and finished steps. Default: osie-build below $XDG_CACHE_HOME or ~/.cache.")
    private Path cache;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** The store, shared with others until the process ends. */
    Store open() {
        Store store = unshared();
        Lease.shared(store, () -> say("Waiting for 'osie-build cache prune', which has the store for itself …"));
        return store;
    }

    private void say(String text) {
        PrintWriter err = command.root().commandLine().getErr();
        err.println(text);
        err.flush();
    }

    /** The store before anybody has a lease of it. */
    Store unshared() {
        return Store.open(cache != null ? cache : defaultCache());
    }

    private static Path defaultCache() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return base.resolve("osie-build");
    }
}
