package dev.osie.build.lock;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.failure.BuildException;
import dev.osie.build.yaml.DocumentText;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** The file {@code osie.lock}: there is either all of a lock or none, however many programs write it. */
public final class LockFile {
    private static final AtomicLong DRAFTS = new AtomicLong();

    private LockFile() {}

    /**
     * Reads a lock.
     *
     * @throws BuildException {@code BAD_INPUT} with every problem and its line, {@code VERIFICATION} when it is not as it was written
     */
    public static Lock read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return read(file.toString(), DocumentText.of(file.toString(), in));
        } catch (IOException e) {
            throw Problems.failure(
                            Position.whole(file.toString()),
                            Files.isDirectory(file) ? "it is a folder" : "cannot be read: " + reason(file, e))
                    .because(e);
        }
    }

    /** Reads a lock, if there is one. */
    public static Optional<Lock> find(Path file) {
        return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
    }

    /**
     * Reads a lock from its text.
     *
     * @param document what to call the text in messages
     */
    public static Lock read(String document, String text) {
        return LockReader.read(document, text);
    }

    /**
     * Finds out whether a lock can be written, before any work is done.
     *
     * @throws BuildException {@code UNAVAILABLE} when it cannot
     */
    public static void requireWritable(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            throw unwritable(file, Files.exists(folder) ? folder + " is no folder" : "there is no folder " + folder);
        }
        if (!Files.isWritable(folder)) {
            throw unwritable(file, "its folder is not writable");
        }
    }

    /**
     * Writes a lock where there is none.
     *
     * @return false when there is one, which somebody else may have written meanwhile
     */
    public static boolean create(Path file, Lock lock) {
        return write(file, lock, LockFile::link);
    }

    /**
     * Writes a lock in the place of another.
     *
     * @param before what the file was read as
     * @throws BuildException {@code UNAVAILABLE} when somebody else has written another one meanwhile
     */
    public static void replace(Path file, Lock before, Lock after) {
        if (!find(file).equals(Optional.of(before))) {
            throw changedMeanwhile(file);
        }
        write(file, after, (draft, target) -> {
            move(draft, target);
            return true;
        });
    }

    /** The failure that somebody else wrote the lock while a new one was made. */
    public static BuildException changedMeanwhile(Path file) {
        return unavailable(
                        "Tried to write " + file + ", but it was changed meanwhile, by another osie-build or by hand.")
                .hint("Run the command again.");
    }

    private interface Placing {
        boolean place(Path draft, Path target) throws IOException;
    }

    private static boolean write(Path file, Lock lock, Placing placing) {
        try {
            // A lock that several flavors share may be a link to one place.
            Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
            Path draft = target.resolveSibling("." + target.getFileName() + "."
                    + ProcessHandle.current().pid() + "-" + DRAFTS.incrementAndGet() + ".new");
            try {
                writeDraft(draft, lock);
                return placing.place(draft, target);
            } finally {
                discard(draft);
            }
        } catch (IOException e) {
            throw unwritable(file, reason(file, e)).because(e);
        }
    }

    private static void writeDraft(Path draft, Lock lock) throws IOException {
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer text = ByteBuffer.wrap(LockWriter.text(lock).getBytes(StandardCharsets.UTF_8));
            while (text.hasRemaining()) {
                channel.write(text);
            }
            channel.force(true);
        }
    }

    /** A second name for the draft: unlike a move, that fails when the target is there, at once and on every system. */
    private static boolean link(Path draft, Path target) throws IOException {
        try {
            Files.createLink(target, draft);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (UnsupportedOperationException | FileSystemException e) {
            return moveUnlessThere(draft, target); // a file system without hard links
        }
    }

    private static boolean moveUnlessThere(Path draft, Path target) throws IOException {
        try {
            Files.move(draft, target);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    private static void move(Path draft, Path target) throws IOException {
        try {
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void discard(Path draft) {
        try {
            Files.deleteIfExists(draft);
        } catch (IOException ignored) {
            // A hidden file beside the lock harms nobody.
        }
    }

    private static BuildException unwritable(Path file, String reason) {
        return unavailable("Tried to write " + file + ", but " + reason + ".")
                .hint("Perhaps name another place with --lock FILE.");
    }

    private static String reason(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file or folder";
        }
        if (e instanceof AccessDeniedException) {
            return "access is denied";
        }
        return e instanceof FileSystemException known && known.getReason() != null
                ? known.getReason()
                : String.valueOf(e.getMessage());
    }
}
