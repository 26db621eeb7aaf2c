package dev.osie.build.artifact;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageExport;
import dev.osie.build.oci.LayerCompression;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Content;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;

/** Writes images of the store to a file or folder. It appears when it is whole; what was there before a failure stays. */
public final class ImageOutput {
    private final ImageExport export;

    public ImageOutput(Store store, LayerCompression compression, Progress progress) {
        this.export = new ImageExport(store, compression, progress);
    }

    /**
     * Writes images.
     *
     * @param images by their names in full; several of a name are for different platforms
     * @param target a file, which is replaced; for {@link ImageFormat#OCI} a folder, which must be new or empty
     * @return bytes written
     */
    public long write(SortedMap<String, List<Image>> images, ImageFormat format, Path target) {
        try {
            return switch (format) {
                case OCI -> writeFolder(export.layout(images), target.toAbsolutePath());
                case OCI_ARCHIVE -> writeFile(ImageExport.tar(export.layout(images)), target.toAbsolutePath());
                case DOCKER_ARCHIVE ->
                    writeFile(ImageExport.tar(export.dockerArchive(images)), target.toAbsolutePath());
            };
        } catch (IOException e) {
            throw unavailable("Tried to write images to " + target + ", but " + e.getMessage())
                    .because(e);
        }
    }

    private static long writeFile(Content content, Path target) throws IOException {
        if (Files.isDirectory(target)) {
            throw badInput("Tried to write images to " + target + ", but it is a folder; expected the name of a file.")
                    .hint("A folder holds an image layout: --format oci");
        }
        Files.createDirectories(target.getParent());
        Path draft = Files.createTempFile(target.getParent(), "." + target.getFileName() + "-", ".new");
        try {
            copy(content, draft);
            makeReadable(draft);
            move(draft, target);
        } finally {
            Files.deleteIfExists(draft);
        }
        return content.size();
    }

    private static long writeFolder(SortedMap<String, Content> files, Path target) throws IOException {
        requireFree(target);
        Files.createDirectories(target.getParent());
        long size = 0;
        try (Scratch draft =
                new Scratch(Files.createTempDirectory(target.getParent(), "." + target.getFileName() + "-"))) {
            Path folder = Files.createDirectory(draft.path().resolve("layout"));
            for (Map.Entry<String, Content> file : files.entrySet()) {
                Path path = folder.resolve(file.getKey());
                Files.createDirectories(path.getParent());
                copy(file.getValue(), path);
                size += file.getValue().size();
            }
            Files.deleteIfExists(target);
            move(folder, target);
        }
        return size;
    }

    private static void requireFree(Path target) throws IOException {
        if (!Files.exists(target)) {
            return;
        }
        boolean free = Files.isDirectory(target);
        if (free) {
            try (Stream<Path> entries = Files.list(target)) {
                free = entries.findAny().isEmpty();
            }
        }
        if (!free) {
            throw badInput("Tried to write images to the folder " + target + ", but something is there.")
                    .hint("Perhaps remove it, or name another with --output.");
        }
    }

    private static void copy(Content content, Path file) throws IOException {
        try (InputStream in = content.open();
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            in.transferTo(out);
        }
    }

    /** Temporary files are their owner's alone. */
    private static void makeReadable(Path file) throws IOException {
        if (!file.toFile().setReadable(true, false)) {
            throw new IOException("its permissions cannot be set");
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
