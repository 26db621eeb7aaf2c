package dev.osie.build.assemble;

import java.nio.file.Path;

/**
 * The folder with a project's documents.
 *
 * @param root holds {@code linuxkit-templates}, {@code images} and {@code kernel-configs}
 */
public record Project(Path root) {
    Path images() {
        return root.resolve("images");
    }

    Path kernels() {
        return root.resolve("kernel-configs");
    }

    Path moduleSets() {
        return kernels().resolve("modules");
    }
}
