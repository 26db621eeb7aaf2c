package dev.osie.build.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A checkout as its users have it: launcher, jars, recipes, flavors and kernel settings. Tests that change something, or that need
 * another place, work on a copy.
 *
 * @param directory its root
 */
record Project(Path directory) {
    private static final List<String> PARTS = List.of(
            "osie-build",
            "builder/target/osie-build.jar",
            "builder/target/lib",
            "worker-service/target/tink-worker.jar",
            "worker-service/target/lib",
            "images",
            "kernel-configs",
            "linuxkit-templates");

    /** The checkout that the tests run in. */
    static Project checkout() {
        for (Path directory = Path.of("").toAbsolutePath(); directory != null; directory = directory.getParent()) {
            if (Files.exists(directory.resolve("osie-build"))) {
                return new Project(directory);
            }
        }
        throw new AssertionError(
                "There is no launcher osie-build above " + Path.of("").toAbsolutePath());
    }

    /** A copy of this project's product, without its sources, in a directory that is made. */
    Project copyTo(Path target) throws IOException {
        for (String part : PARTS) {
            copy(directory.resolve(part), target.resolve(part));
        }
        // What the checkout's own builds have locked is not the copy's.
        Files.deleteIfExists(target.resolve("linuxkit-templates/flavors/osie.lock"));
        return new Project(target);
    }

    /** Copies a file, or a directory with all that is in it, over what is there. */
    static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    /** Writes a text file of the project. */
    void write(String path, String content) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    /** Its launcher, run in its root. */
    OsieBuild osieBuild() {
        return new OsieBuild(List.of(), this, Map.of());
    }
}
