package dev.osie.build.cache;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.unavailable;
import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Reference;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Contents;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Brings what {@link StoreExport} wrote into a store. Each blob is compared with the digest it is called by before the store shows it, so an
 * archive can bring nothing that a lock or a document doesn't ask for by that digest. Names of images are another thing: they are taken at
 * the end, only when all of the archive was good, and never from an image that has the name already.
 */
public final class StoreImport {
    private static final Pattern BLOB = Pattern.compile("(?:\\./)?blobs/sha256/(?<hex>[0-9a-f]{64})");
    private static final Pattern DIRECTORY = Pattern.compile("(?:\\./?)?(?:blobs/?|blobs/sha256/?)?");
    private static final Pattern FILE = Pattern.compile("(?:\\./)?(?<name>index\\.json|oci-layout)");
    private static final int MOST_OF_DOCUMENT = 4 << 20;

    private final Store store;
    private final Layout layout;
    private final Map<Digest, Contents.Item> present = new HashMap<>();
    private final List<String> refusedNames = new ArrayList<>();
    private long count;
    private long bytes;
    private long added;
    private Optional<byte[]> index = Optional.empty();

    private StoreImport(Store store) {
        this.store = store;
        this.layout = new Layout(store);
        store.contents().blobs().forEach(blob -> present.put(blob.digest(), blob));
    }

    /**
     * What an archive brought.
     *
     * @param count of its blobs
     * @param bytes of them
     * @param added how many of them the store didn't have, or only an altered copy of
     * @param refusedNames of images, because the store has another image of that name
     */
    public record Brought(long count, long bytes, long added, List<String> refusedNames) {
        public Brought {
            refusedNames = List.copyOf(refusedNames);
        }
    }

    /**
     * Reads an archive to its end.
     *
     * @throws BuildException {@code BAD_INPUT} when it is not such an archive, {@code VERIFICATION} when a blob is not what its name says;
     *     the blobs before are in the store then
     */
    public static Brought read(InputStream archive, Store store, Progress.Step step) {
        StoreImport reading = new StoreImport(store);
        try {
            reading.readEntries(archive, step);
        } catch (IOException e) {
            throw unreadable(e);
        }
        reading.takeNames();
        return new Brought(reading.count, reading.bytes, reading.added, reading.refusedNames);
    }

    private void readEntries(InputStream archive, Progress.Step step) throws IOException {
        byte[] block = new byte[TarHeader.BLOCK];
        while (true) {
            if (archive.readNBytes(block, 0, block.length) < block.length) {
                throw notAnExport("it ends too early");
            }
            if (isZero(block)) {
                return;
            }
            TarHeader header = header(block);
            Entry content = new Entry(archive, header.size());
            take(header, content);
            int padding = (int) (-header.size() & (TarHeader.BLOCK - 1));
            if (archive.readNBytes(padding).length < padding) {
                throw notAnExport("it ends too early");
            }
            step.advance(header.size());
        }
    }

    private static TarHeader header(byte[] block) {
        try {
            return TarHeader.read(block);
        } catch (BuildException e) {
            throw notAnExport(e.getMessage());
        }
    }

    private static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private void take(TarHeader header, Entry content) throws IOException {
        Matcher blob = BLOB.matcher(header.path());
        Matcher file = FILE.matcher(header.path());
        if (header.directory() && DIRECTORY.matcher(header.path()).matches()) {
            return;
        } else if (!header.directory() && blob.matches()) {
            takeBlob(new Digest(blob.group("hex")), content);
        } else if (!header.directory() && file.matches()) {
            if (header.size() > MOST_OF_DOCUMENT) {
                throw notAnExport(file.group("name") + " has " + header.size() + " bytes");
            }
            byte[] document = content.readAllBytes();
            if (file.group("name").equals("index.json")) {
                index = Optional.of(document);
            }
        } else {
            throw notAnExport("it has an entry '" + TarHeader.printable(header.path()) + "'");
        }
    }

    private void takeBlob(Digest digest, Entry content) throws IOException {
        Contents.Item known = present.get(digest);
        count++;
        bytes += content.left;
        if (known != null && store.contents().isWhole(known)) {
            copy(digest, content, OutputStream.nullOutputStream());
            store.find(digest);
        } else {
            store.write(out -> copy(digest, content, out));
            added++;
        }
    }

    private static void copy(Digest digest, Entry content, OutputStream out) throws IOException {
        MessageDigest sha256 = Digest.newSha256();
        byte[] buffer = new byte[1 << 16];
        for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
            sha256.update(buffer, 0, read);
            out.write(buffer, 0, read);
        }
        Digest found = Digest.finish(sha256);
        if (!found.equals(digest)) {
            throw verification("The archive was altered: what it calls " + digest + " is " + found + ".")
                    .hint("Nothing of that was kept. Perhaps copy the archive again.");
        }
    }

    private void takeNames() {
        byte[] document = index.orElseThrow(() -> notAnExport("it has no index.json"));
        Map<String, Digest> known = new HashMap<>();
        layout.entries().forEach(name -> known.put(name.name(), name.manifest().digest()));
        for (Layout.Entry name : names(document)) {
            Digest manifest = name.manifest().digest();
            Reference reference = Reference.parse(name.name());
            layout.read(reference, manifest); // all of it must be there
            if (known.getOrDefault(name.name(), manifest).equals(manifest)) {
                layout.take(name);
            } else {
                refusedNames.add(name.name());
            }
        }
    }

    private static List<Layout.Entry> names(byte[] document) {
        try {
            return Layout.entries(document);
        } catch (BuildException e) {
            throw notAnExport("its index.json cannot be read: " + e.getMessage());
        }
    }

    private static BuildException unreadable(IOException e) {
        return unavailable("Tried to read the archive, but " + e.getMessage()).because(e);
    }

    private static BuildException notAnExport(String reason) {
        return badInput("This is not an archive that 'osie-build cache export' has written: " + reason + ".");
    }

    /** The content of an entry, no more and no less. */
    private static final class Entry extends InputStream {
        private final InputStream archive;
        private long left;

        Entry(InputStream archive, long size) {
            this.archive = archive;
            this.left = size;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            try {
                int count = archive.read(bytes, offset, (int) Math.min(length, left));
                if (count < 0) {
                    throw notAnExport("it ends too early");
                }
                left -= count;
                return count;
            } catch (IOException e) {
                throw unreadable(e); // and the store, to which it would go, is not to blame
            }
        }
    }
}
