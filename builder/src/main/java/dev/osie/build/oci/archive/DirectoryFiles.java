package dev.osie.build.oci.archive;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.tree.Content;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** Files of a directory. */
final class DirectoryFiles implements ImageFiles {
    private final Path directory;

    private DirectoryFiles(Path directory) {
        this.directory = directory;
    }

    static ImageFiles open(Path directory) {
        if (!Files.isDirectory(directory)) {
            String found = Files.exists(directory) ? "it is not a directory" : "there is no such directory";
            throw unavailable("Tried to read images from the directory " + directory + ", but " + found + ".");
        }
        return new DirectoryFiles(directory);
    }

    @Override
    public Optional<Content> find(String path) throws IOException {
        Path file = directory.resolve(path);
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        // A link could lead to a pipe or a device, which never end.
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("'" + path + "' is not a regular file");
        }
        return Optional.of(Content.of(file));
    }

    @Override
    public String toString() {
        return directory.toString();
    }

    @Override
    public void close() {}
}
