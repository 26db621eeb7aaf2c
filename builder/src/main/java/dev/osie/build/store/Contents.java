package dev.osie.build.store;

import static dev.osie.build.failure.BuildException.unavailable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What lies in a store: blobs, the records of steps, and what builds that were killed have left. Sorted by name. */
public final class Contents {
    /** A time of last use says no more than that: what was used within this of it was used then. */
    public static final Duration PRECISION = LastUse.PRECISION;

    private static final long LARGEST_DOCUMENT = 16 << 20;
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern DIGEST = Pattern.compile("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])");

    private final Path blobs;
    private final Path steps;
    private final Path temporary;

    Contents(Path blobs, Path steps, Path temporary) {
        this.blobs = blobs;
        this.steps = steps;
        this.temporary = temporary;
    }

    /**
     * A file of the store.
     *
     * @param size in bytes
     * @param lastUse to within {@link #PRECISION}
     */
    public record Item(Path file, long size, Instant lastUse) {
        /** Of a blob. */
        public Digest digest() {
            return new Digest(file.getFileName().toString());
        }

        /** Removes the file, if it is still there. */
        public void remove() {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw unavailable("Tried to remove " + file + ", but " + e.getMessage())
                        .because(e);
            }
        }
    }

    public List<Item> blobs() {
        return items(blobs).stream().filter(Contents::isNamedByDigest).toList();
    }

    /** The records of steps. */
    public List<Item> records() {
        return items(steps);
    }

    /** Temporary files and directories. Only who has the store alone knows that nobody needs them. */
    public List<Item> leftovers() {
        return items(temporary);
    }

    /** The blobs that a record's result names; empty when the record was altered, or is of an earlier form, and so counts for nothing. */
    public Optional<SortedSet<Digest>> named(Item step) {
        if (!isNamedByDigest(step)) {
            return Optional.empty();
        }
        try {
            return Records.result(step.file()).map(result -> {
                SortedSet<Digest> named = new TreeSet<>();
                Matcher digests = DIGEST.matcher(result);
                while (digests.find()) {
                    named.add(new Digest(digests.group()));
                }
                return named;
            });
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unavailable("Tried to read " + step.file() + ", but " + e.getMessage())
                    .because(e);
        }
    }

    /** Whether a blob's content is what its name says. Unlike {@link Store#read}, looking is no use of it. */
    public boolean isWhole(Item blob) {
        MessageDigest sha256 = Digest.newSha256();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(blob.file())) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                sha256.update(buffer, 0, count);
            }
            return Digest.finish(sha256).equals(blob.digest());
        } catch (NoSuchFileException e) {
            return true; // there is nothing wrong with what is gone
        } catch (IOException e) {
            return false; // the disk cannot read it
        }
    }

    /** A small blob without using it; empty when it is missing or altered. */
    public Optional<byte[]> document(Digest digest) {
        Path file = blobs.resolve(digest.hex());
        try {
            if (Files.size(file) > LARGEST_DOCUMENT) {
                return Optional.empty();
            }
            return Optional.of(Files.readAllBytes(file))
                    .filter(content -> Digest.of(content).equals(digest));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unavailable("Tried to read " + file + ", but " + e.getMessage())
                    .because(e);
        }
    }

    /** What a blob begins with, up to a number of bytes; nothing when it is gone. */
    public byte[] start(Item blob, int count) {
        try (InputStream in = Files.newInputStream(blob.file())) {
            return in.readNBytes(count);
        } catch (NoSuchFileException e) {
            return new byte[0];
        } catch (IOException e) {
            throw unavailable("Tried to read " + blob.file() + ", but " + e.getMessage())
                    .because(e);
        }
    }

    private static boolean isNamedByDigest(Item item) {
        return NAME.matcher(item.file().getFileName().toString()).matches();
    }

    private static List<Item> items(Path directory) {
        List<Item> items = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                item(file).ifPresent(items::add);
            }
        } catch (IOException e) {
            throw unavailable("Tried to list " + directory + ", but " + e.getMessage())
                    .because(e);
        }
        items.sort(Comparator.comparing(Item::file));
        return items;
    }

    /** Nothing when somebody has just removed it. */
    private static Optional<Item> item(Path file) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new Item(
                    file, attributes.size(), attributes.lastModifiedTime().toInstant()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
