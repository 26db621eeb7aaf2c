package dev.osie.build.cli;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.store.Lease;
import dev.osie.build.store.Store;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where the project and the store are. */
final class PlaceOptions {
    private static final String TEMPLATES = "linuxkit-templates";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--project",
            paramLabel = "DIR",
            description = "The project: the folder with linuxkit-templates, images and kernel-configs."
                    + " Default: this folder or the nearest above it that is one, else the one osie-build lies in.")
    private Path project;

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description =
                    "The store of downloads and finished steps. Default: osie-build below $XDG_CACHE_HOME or ~/.cache.")
    private Path cache;

    Path project() {
        if (project != null) {
            if (!isProject(project)) {
                throw badInput("Tried to use " + project + " as the project, but it has no folder " + TEMPLATES + ".");
            }
            return project.toAbsolutePath().normalize();
        }
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (isProject(folder)) {
                return folder;
            }
        }
        return Optional.ofNullable(System.getProperty("osie.home"))
                .map(Path::of)
                .filter(PlaceOptions::isProject)
                .orElseThrow(() -> badInput(
                                "Tried to find the project, but neither this folder nor one above it has a folder "
                                        + TEMPLATES + ".")
                        .hint("Perhaps name it with --project DIR."));
    }

    /** The store, shared with others until the process ends. */
    Store store() {
        Store store = unsharedStore();
        Lease.shared(store, () -> say("Waiting for 'osie-build cache prune', which has the store for itself …"));
        return store;
    }

    /** The store before anybody has a lease of it. */
    Store unsharedStore() {
        return Store.open(cache != null ? cache : defaultCache());
    }

    private void say(String text) {
        PrintWriter err = command.commandLine().getErr();
        err.println(text);
        err.flush();
    }

    private static boolean isProject(Path folder) {
        return Files.isDirectory(folder.resolve(TEMPLATES));
    }

    private static Path defaultCache() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return base.resolve("osie-build");
    }
}
