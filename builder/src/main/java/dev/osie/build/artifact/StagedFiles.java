package dev.osie.build.artifact;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.failure.BuildException;
import dev.osie.build.store.Store;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Files of one folder that change together. Each is written beside its place and forced to the disk; {@link #commit} then renames them all.
 * Until then, and when something fails, the earlier files are as they were.
 *
 * <p>Renaming several files is not one step. So the last file, which should be the one that vouches for the others, is removed first and put
 * back last: a reader who finds it finds what it vouches for.
 */
final class StagedFiles implements AutoCloseable {
    private final Path folder;
    private final Map<Path, Path> drafts = new LinkedHashMap<>();

    StagedFiles(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    /** Writes a file to be renamed to the name later. */
    void stage(String name, Store.Writer writer) {
        Path draft = null;
        try {
            draft = Files.createTempFile(folder, "." + name + "-", ".part");
            drafts.put(folder.resolve(name), draft);
            try (FileOutputStream file = new FileOutputStream(draft.toFile());
                    BufferedOutputStream out = new BufferedOutputStream(file, 1 << 16)) {
                writer.writeTo(out);
                out.flush();
                file.getFD().sync();
            }
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    /** Puts the files in their places, the one staged last at the end. */
    void commit() {
        try {
            Path last = null;
            for (Path place : drafts.keySet()) {
                last = place;
            }
            if (last != null) {
                Files.deleteIfExists(last);
            }
            for (Map.Entry<Path, Path> file : drafts.entrySet()) {
                makeReadable(file.getValue());
                move(file.getValue(), file.getKey());
            }
            drafts.clear();
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    @Override
    public void close() {
        for (Path draft : drafts.values()) {
            try {
                Files.deleteIfExists(draft);
            } catch (IOException ignored) {
                // The failure that brought us here matters more.
            }
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Temporary files are their owner's alone; artefacts are for a web server to read. */
    private static void makeReadable(Path file) throws IOException {
        if (!file.toFile().setReadable(true, false)) {
            throw new IOException("its permissions cannot be set");
        }
    }

    private BuildException cannotWrite(IOException e) {
        return unavailable("Tried to write to " + folder + ", but " + e.getMessage())
                .hint(
                        "Perhaps the disk is full or the folder belongs to somebody else; choose another with --output DIR.")
                .because(e);
    }
}
