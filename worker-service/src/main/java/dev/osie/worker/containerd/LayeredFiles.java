package dev.osie.worker.containerd;

import dev.osie.worker.proto.containerd.Mount;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The files of an image without mounting it: its layers are directories of the machine, put one over the other by the rules of the kernel's
 * overlay file system (Documentation/filesystems/overlayfs.rst). That a directory hides those of the same path below it is not seen, as only
 * the machine's administrator may read the mark.
 */
final class LayeredFiles {
    private static final Path ROOT = Path.of("/");
    private static final String LOWER = "lowerdir=";
    private static final int LINKS = 40;

    /** Of a file that is read as a whole, in bytes. */
    private static final int LIMIT = 4 * 1024 * 1024;

    /** The topmost first. */
    private final List<Path> layers;

    LayeredFiles(List<Path> layers) {
        this.layers = List.copyOf(layers);
    }

    /** Those of a snapshot that is complete. */
    static LayeredFiles of(String snapshot, Containerd containerd, MachineRoot machine) throws IOException {
        String key = "tink-worker-looking-" + UUID.randomUUID();
        Snapshots snapshots = new Snapshots(containerd);
        List<Mount> mounts = snapshots.view(key, snapshot);
        // The directories are the layers', which stay.
        snapshots.remove(key);
        List<Path> layers = new ArrayList<>();
        for (Mount mount : mounts) {
            for (String directory : directories(mount)) {
                Path layer = machine.place(directory);
                if (!Files.isReadable(layer)) {
                    throw new IOException("the worker may not look into " + directory);
                }
                layers.add(layer);
            }
        }
        return new LayeredFiles(layers);
    }

    /** A single layer is bound, several are overlaid. */
    private static List<String> directories(Mount mount) {
        for (String option : mount.getOptionsList()) {
            if (option.startsWith(LOWER)) {
                return List.of(option.substring(LOWER.length()).split(":"));
            }
        }
        return List.of(mount.getSource());
    }

    /** The text of a plain file; empty when there is none. Links lead to where they lead in the image. */
    Optional<String> text(String path) throws IOException {
        Path sought = ROOT.resolve(path);
        for (int links = 0; links < LINKS; links++) {
            List<Path> here = layers;
            Optional<Path> elsewhere = Optional.empty();
            for (int i = 0; i < sought.getNameCount() && elsewhere.isEmpty(); i++) {
                here = entries(here, sought.getName(i));
                if (here.isEmpty()) {
                    return Optional.empty();
                }
                if (Files.isSymbolicLink(here.get(0))) {
                    elsewhere = Optional.of(follow(here.get(0), sought, i));
                }
            }
            if (elsewhere.isEmpty()) {
                return content(here.get(0));
            }
            sought = elsewhere.get();
        }
        throw new IOException(path + " is a circle of links");
    }

    /** Where a path leads whose part of this index is a link. */
    private static Path follow(Path link, Path path, int index) throws IOException {
        Path directory = index == 0 ? ROOT : ROOT.resolve(path.subpath(0, index));
        Path rest = index + 1 == path.getNameCount() ? Path.of("") : path.subpath(index + 1, path.getNameCount());
        return directory.resolve(Files.readSymbolicLink(link)).resolve(rest).normalize();
    }

    /** What a name means in a directory of several layers: a directory of maybe several again, or one other thing; empty for nothing. */
    private static List<Path> entries(List<Path> directories, Path name) throws IOException {
        List<Path> entries = new ArrayList<>();
        for (Path directory : directories) {
            Path entry = directory.resolve(name);
            if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                entries.add(entry);
            } else if (Files.exists(entry, LinkOption.NOFOLLOW_LINKS)) {
                // What isn't a directory hides what is below it, and is hidden by directories above it.
                return entries.isEmpty() && !isWhiteout(entry) ? List.of(entry) : entries;
            }
        }
        return Collections.unmodifiableList(entries);
    }

    /** Whether it says that there is nothing of that name: a character device with the numbers 0 and 0. */
    private static boolean isWhiteout(Path entry) throws IOException {
        int type = (int) Files.getAttribute(entry, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 0170000;
        return type == 0020000 && (long) Files.getAttribute(entry, "unix:rdev", LinkOption.NOFOLLOW_LINKS) == 0;
    }

    private static Optional<String> content(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(LIMIT + 1);
            if (bytes.length > LIMIT) {
                throw new IOException(file.getFileName() + " has more than " + LIMIT + " bytes");
            }
            return Optional.of(new String(bytes, StandardCharsets.UTF_8));
        }
    }
}
