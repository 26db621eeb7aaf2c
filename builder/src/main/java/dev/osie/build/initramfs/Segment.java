package dev.osie.build.initramfs;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A packed unit in the store: one newc archive, compressed by itself.
 *
 * @param name of the unit
 * @param compression of the blob; a segment that is not compressed must begin at a multiple of four in the initramfs
 * @param blob what goes into the initramfs
 * @param unpackedSize of the archive, in bytes
 * @param entryList what the archive holds, in mtree(5) form
 */
public record Segment(String name, Compression compression, Blob blob, long unpackedSize, Blob entryList) {
    private static final Pattern LINE = Pattern.compile("(none|zstd:(?:[1-9]|1[0-9]|2[0-2]))"
            + " ([0-9a-f]{64}) ([0-9]{1,18}) ([0-9]{1,18}) ([0-9a-f]{64}) ([0-9]{1,18})");

    /**
     * A segment that is there already: an uncompressed archive from elsewhere, such as processor microcode. It is taken as it is.
     *
     * @throws dev.osie.build.failure.BuildException when it is not a newc archive
     */
    public static Segment ofArchive(String name, Blob archive, Store store) {
        List<Entry> entries = new ArrayList<>();
        try (InputStream in = store.read(archive.digest())) {
            NewcReader reader = new NewcReader(new BufferedInputStream(in, 1 << 16));
            for (Optional<NewcHeader> header = reader.next(); header.isPresent(); header = reader.next()) {
                entries.add(Entry.of(header.get()));
            }
        } catch (IOException | BuildException e) {
            throw badInput("Tried to put " + name + " into the initramfs, but it is not an uncompressed cpio archive: "
                            + e.getMessage())
                    .because(e);
        }
        if (entries.isEmpty()) {
            throw badInput("Tried to put " + name + " into the initramfs, but the archive is empty");
        }
        Blob entryList = store.put(EntryList.encode(entries));
        return new Segment(name, Compression.NONE, archive, archive.size(), entryList);
    }

    /** What the archive holds, sorted by path. */
    public List<Entry> entries(Store store) {
        return EntryList.decode(store.readAllBytes(entryList.digest()));
    }

    boolean isIn(Store store) {
        return store.contains(blob) && store.contains(entryList);
    }

    /** One line for the store's memory of steps. */
    String encode() {
        return String.join(
                " ",
                compression.toString(),
                blob.digest().hex(),
                Long.toString(blob.size()),
                Long.toString(unpackedSize),
                entryList.digest().hex(),
                Long.toString(entryList.size()));
    }

    /** The segment that a line tells of; empty when the line was damaged. */
    static Optional<Segment> decode(String name, String line) {
        Matcher words = LINE.matcher(line);
        if (!words.matches()) {
            return Optional.empty();
        }
        return Optional.of(new Segment(
                name,
                Compression.parse(words.group(1)),
                new Blob(new Digest(words.group(2)), Long.parseLong(words.group(3))),
                Long.parseLong(words.group(4)),
                new Blob(new Digest(words.group(5)), Long.parseLong(words.group(6)))));
    }
}
