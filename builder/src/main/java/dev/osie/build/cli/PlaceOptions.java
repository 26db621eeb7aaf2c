package dev.osie.build.cli;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.store.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the project and the store are. */
final class PlaceOptions {
    private static final String TEMPLATES = "linuxkit-templates";

    @Option(
            names = "--project",
            paramLabel = "DIR",
            description = "The project: the folder with linuxkit-templates, images and kernel-configs."
                    + " Default: this folder or the nearest above it that is one, else the one osie-build lies in.")
    private Path project;

    @Mixin
    private StoreOption store;

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
        return store.open();
    }

    /** The store before anybody has a lease of it. */
    Store unsharedStore() {
        return store.unshared();
    }

    private static boolean isProject(Path folder) {
        return Files.isDirectory(folder.resolve(TEMPLATES));
    }
}
