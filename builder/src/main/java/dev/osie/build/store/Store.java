package dev.osie.build.store;

import static dev.osie.build.failure.BuildException.unavailable;
import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.failure.BuildException;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Content-addressed blobs and the results of earlier steps, shared by every build of a user.
 *
 * <p>The directory is an OCI image layout (OCI image specification, "Image Layout"): blobs lie under {@code blobs/sha256}. Beside
 * them, {@code steps} maps the key of a step to its result ({@link Records}). A blob becomes visible only when it is whole: it is written to a
 * temporary file, forced to the disk and renamed, so builds that run at once, or are killed, don't hurt each other. Whatever is read
 * back is compared with its digest.
 */
public final class Store {
    private static final int BUFFER_SIZE = 1 << 16;

    private final Path root;
    private final Path blobs;
    private final Path steps;
    private final Path temporary;
    private final Records records;

    private Store(Path root) {
        this.root = root;
        this.blobs = root.resolve("blobs").resolve("sha256");
        this.steps = root.resolve("steps");
        this.temporary = root.resolve("tmp");
        this.records = new Records(steps);
    }

    /** Opens the store, making it when it is not there. Who may share it with others takes a {@link Lease}. */
    public static Store open(Path root) {
        Store store = new Store(root.toAbsolutePath().normalize());
        try {
            Files.createDirectories(store.blobs);
            Files.createDirectories(store.steps);
            Files.createDirectories(store.temporary);
        } catch (IOException e) {
            throw unavailable("Tried to use " + root + " as the store, but it cannot be written: " + reason(e))
                    .hint("Perhaps choose another place with --cache DIR or XDG_CACHE_HOME.")
                    .because(e);
        }
        return store;
    }

    public Path root() {
        return root;
    }

    public boolean contains(Digest digest) {
        return find(digest).isPresent();
    }

    public boolean contains(Blob blob) {
        return find(blob.digest()).filter(blob::equals).isPresent();
    }

    /** The blob with its size, if there is one. Looking for it counts as a use of it. */
    public Optional<Blob> find(Digest digest) {
        try {
            Path file = path(digest);
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            LastUse.note(file, attributes.lastModifiedTime());
            return Optional.of(new Blob(digest, attributes.size()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Where the blob lies or would lie. Reading the file directly skips the verification that {@link #read} does. */
    public Path path(Digest digest) {
        return blobs.resolve(digest.hex());
    }

    /**
     * Opens a blob for reading from start to end. The stream compares the content with the digest when it reaches the end, and fails
     * with a verification error, after removing the blob, when they differ.
     */
    public InputStream read(Digest digest) {
        try {
            Path file = path(digest);
            LastUse.note(file, Files.getLastModifiedTime(file));
            InputStream in = Files.newInputStream(file);
            return new VerifyingStream(in, found -> compare(digest, found));
        } catch (IOException e) {
            throw missing(digest, e);
        }
    }

    public byte[] readAllBytes(Digest digest) {
        try (InputStream in = read(digest)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compares a blob with its digest; a blob that differs is removed and a verification error thrown. */
    public void verify(Digest digest) {
        byte[] buffer = new byte[BUFFER_SIZE];
        try (InputStream in = read(digest)) {
            while (in.read(buffer) >= 0) {
                // The stream compares at its end.
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Blob put(byte[] content) {
        Blob blob = new Blob(Digest.of(content), content.length);
        if (contains(blob)) {
            return blob;
        }
        return write(out -> out.write(content));
    }

    /** Stores what the writer produces. */
    public Blob write(Writer writer) {
        Path file = null;
        try {
            file = Files.createTempFile(temporary, "blob-", "");
            Blob blob;
            try (FileOutputStream out = new FileOutputStream(file.toFile());
                    DigestingStream digesting = new DigestingStream(new BufferedOutputStream(out, BUFFER_SIZE))) {
                writer.writeTo(digesting);
                digesting.flush();
                out.getFD().sync();
                blob = digesting.blob();
            }
            move(file, path(blob.digest()));
            return blob;
        } catch (IOException e) {
            throw cannotWrite(e);
        } finally {
            discard(file);
        }
    }

    private void compare(Digest expected, Digest found) throws IOException {
        if (!found.equals(expected)) {
            Files.deleteIfExists(path(expected));
            throw verification("The store's copy of " + expected + " was altered: its digest is now " + found + " ("
                            + path(expected) + ")")
                    .hint("It has been removed; build again to get a clean one.");
        }
    }

    /** The result that was remembered for the key, if any. */
    public Optional<String> recall(StepKey key) {
        return records.read(key);
    }

    /** Remembers the result of a step, in place of an earlier one. */
    public void remember(StepKey key, String result) {
        Path file = records.path(key);
        replace(file, Records.bytes(file, result));
    }

    /** Writes a whole file of the store's own directory at once: readers see the old content or the new. */
    public void replace(Path file, byte[] content) {
        Path draft = null;
        try {
            draft = Files.createTempFile(temporary, "file-", "");
            try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE);
                    OutputStream out = java.nio.channels.Channels.newOutputStream(channel)) {
                out.write(content);
                channel.force(true);
            }
            move(draft, file);
        } catch (IOException e) {
            throw cannotWrite(e);
        } finally {
            discard(draft);
        }
    }

    /** A new empty directory for files that are needed while a step runs; {@link Scratch#close} removes it. */
    public Scratch scratch() {
        try {
            return new Scratch(Files.createTempDirectory(temporary, "dir-"));
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    /** All that lies in the store, for those who take care of it. */
    public Contents contents() {
        return new Contents(blobs, steps, temporary);
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void discard(Path file) {
        if (file != null) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException ignored) {
                // A left-over temporary file is harmless.
            }
        }
    }

    private BuildException cannotWrite(IOException e) {
        return unavailable("Tried to write to the store " + root + ", but " + reason(e))
                .hint("Perhaps the disk is full: free some space, or choose another place with --cache DIR.")
                .because(e);
    }

    private BuildException missing(Digest digest, IOException e) {
        return unavailable("Tried to read " + digest + " from the store " + root + ", but " + reason(e))
                .because(e);
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException ? "there is no such file" : e.getMessage();
    }

    /** Produces content. */
    @FunctionalInterface
    public interface Writer {
        void writeTo(OutputStream out) throws IOException;
    }
}
