package dev.osie.build.artifact;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.failure.BuildException;
import dev.osie.build.store.Store;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Files of one folder that change together. Each is written beside its place and forced to the disk; {@link #commit} then renames them all.
 * Until then, and when something fails, the earlier files are as they were.
 *
 * <p>Renaming several files is not one step. So the last file, which should be the one that vouches for the others, is removed first and put
 * back last: a reader who finds it finds what it vouches for.
 *
 * <p>A draft is locked for as long as somebody works on it. One that isn't was left by a build that was killed, and is removed.
 */
final class StagedFiles implements AutoCloseable {
    private static final String SUFFIX = ".part";

    private final Path folder;
    private final List<Draft> drafts = new ArrayList<>();

    /** A file under its temporary name; the open channel holds the lock. */
    private record Draft(Path file, Path place, FileChannel channel) {}

    StagedFiles(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
            removeLeftovers();
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    private void removeLeftovers() throws IOException {
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder, ".*" + SUFFIX)) {
            for (Path leftover : leftovers) {
                if (isAbandoned(leftover)) {
                    Files.deleteIfExists(leftover);
                }
            }
        }
    }

    private static boolean isAbandoned(Path draft) {
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false; // somebody else's, or gone by now
        }
    }

    /** Writes a file to be renamed to the name later. */
    void stage(String name, Store.Writer writer) {
        try {
            Path file = Files.createTempFile(folder, "." + name + "-", SUFFIX);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
            drafts.add(new Draft(file, folder.resolve(name), channel));
            channel.lock();
            BufferedOutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            writer.writeTo(out);
            out.flush();
            channel.force(true);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    /** Puts the files in their places, the one staged last at the end. */
    void commit() {
        try {
            if (!drafts.isEmpty()) {
                Files.deleteIfExists(drafts.get(drafts.size() - 1).place());
            }
            for (Draft draft : drafts) {
                makeReadable(draft.file());
                move(draft.file(), draft.place());
            }
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    /** Lets go of the drafts, and removes those that {@link #commit} didn't rename. */
    @Override
    public void close() {
        for (Draft draft : drafts) {
            try {
                Files.deleteIfExists(draft.file());
                draft.channel().close();
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
