package dev.osie.worker.containerd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The machine's files as containerd sees them, whatever file system this process has itself: those of process 1, where this process sees the
 * machine's process IDs and may look into others. Where it may not they are taken for its own, as on a machine where it is in no container.
 */
final class MachineRoot {
    private static final int LINKS = 40;

    private final Path root;

    MachineRoot(Path root) {
        this.root = root;
    }

    static MachineRoot find() {
        Path ofFirst = Path.of("/proc/1/root");
        return new MachineRoot(Files.isDirectory(ofFirst) ? ofFirst : Path.of("/"));
    }

    /** Whether there is a file or a directory. */
    boolean has(String path) {
        try {
            return Files.exists(place(path));
        } catch (IOException e) {
            return false;
        }
    }

    /** Makes a directory unless there is something. */
    void makeDirectory(String path) throws IOException {
        Path place = place(path);
        if (!Files.exists(place)) {
            Files.createDirectories(place);
        }
    }

    /** Where this process finds a path, with links followed as the machine follows them: to the kernel an absolute one would lead into our own files. */
    Path place(String path) throws IOException {
        Path place = Path.of("/");
        Path rest = Path.of("/").relativize(Path.of(path).normalize());
        for (int links = 0; links < LINKS; ) {
            if (rest.toString().isEmpty()) {
                return inside(place);
            }
            Path next = place.resolve(rest.getName(0)).normalize();
            rest = rest.getNameCount() == 1 ? Path.of("") : rest.subpath(1, rest.getNameCount());
            if (Files.isSymbolicLink(inside(next))) {
                links++;
                Path target = place.resolve(Files.readSymbolicLink(inside(next)))
                        .resolve(rest)
                        .normalize();
                place = Path.of("/");
                rest = place.relativize(target);
            } else {
                place = next;
            }
        }
        throw new IOException(path + " is a circle of links");
    }

    private Path inside(Path place) {
        return root.resolve(Path.of("/").relativize(place));
    }
}
