package dev.osie.build.store;

import static dev.osie.build.failure.BuildException.unavailable;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
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
