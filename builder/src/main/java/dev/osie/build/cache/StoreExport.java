package dev.osie.build.cache;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.oci.Layout;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Contents;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Writes content of a store as an image layout (OCI image specification, "Image Layout") in an uncompressed tar archive (ustar). Packages
 * and indexes are blobs like those of images. The results of steps stay behind: who gets the archive would have to believe them, and can make
 * them again.
 *
 * <p>Equal content gives equal bytes: entries are sorted by path, belong to root, have mode 0644 and date from 1970.
 */
public final class StoreExport {
    private static final int BLOCK = TarConstants.DEFAULT_RCDSIZE;

    private final Store store;
    private final SortedMap<Digest, Blob> blobs = new TreeMap<>();
    private final List<Layout.Entry> names;

    /**
     * The blobs, and the images with names that consist of nothing but those.
     *
     * @throws dev.osie.build.failure.BuildException {@code UNAVAILABLE} when the store lacks one
     */
    public StoreExport(Store store, SortedSet<Digest> wanted) {
        this.store = store;
        List<NamedImages.Entry> images = NamedImages.in(store).stream()
                .filter(image -> image.blobs().stream()
                        .allMatch(digest -> digest.equals(image.manifest()) || wanted.contains(digest)))
                .toList();
        this.names = images.stream().map(NamedImages.Entry::name).toList();
        wanted.forEach(this::add);
        images.forEach(image -> add(image.manifest()));
    }

    /** All that came from elsewhere, and the images that have names. */
    public static StoreExport ofAll(Store store) {
        Contents contents = store.contents();
        SortedSet<Digest> wanted = new TreeSet<>();
        SortedSet<Digest> present = new TreeSet<>();
        for (Contents.Item blob : contents.blobs()) {
            present.add(blob.digest());
            switch (Kind.of(contents.start(blob, Kind.HEAD))) {
                case PACKAGES, INDEXES, MANIFESTS -> wanted.add(blob.digest());
                default -> {}
            }
        }
        NamedImages.in(store).stream()
                .map(NamedImages.Entry::blobs)
                .filter(present::containsAll)
                .forEach(wanted::addAll);
        return new StoreExport(store, wanted);
    }

    private void add(Digest digest) {
        Optional<Blob> blob = store.find(digest);
        blobs.put(digest, blob.orElseThrow(() -> unavailable("The store has no " + digest + " to export.")));
    }

    /** In bytes, without what the archive adds. */
    public long size() {
        return blobs.values().stream().mapToLong(Blob::size).sum();
    }

    public int count() {
        return blobs.size();
    }

    /**
     * Writes the archive, comparing each blob with its digest.
     *
     * @throws dev.osie.build.failure.BuildException {@code VERIFICATION} when one was altered; what was written is of no use then
     */
    public void writeTo(OutputStream target, Progress.Step step) throws IOException {
        BufferedOutputStream out = new BufferedOutputStream(target, 1 << 16);
        for (Blob blob : blobs.values()) {
            begin(out, "blobs/sha256/" + blob.digest().hex(), blob.size());
            try (InputStream in = store.read(blob.digest())) {
                in.transferTo(out);
            }
            end(out, blob.size());
            step.advance(blob.size());
        }
        put(out, "index.json", Layout.index(names));
        put(out, "oci-layout", Layout.marker());
        out.write(new byte[2 * BLOCK]);
        out.flush();
    }

    private static void put(OutputStream out, String path, byte[] content) throws IOException {
        begin(out, path, content.length);
        out.write(content);
        end(out, content.length);
    }

    private static void begin(OutputStream out, String path, long size) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(path);
        entry.setSize(size);
        entry.setMode(0644);
        entry.setIds(0, 0);
        entry.setNames("", "");
        entry.setModTime(0);
        byte[] header = new byte[BLOCK];
        entry.writeEntryHeader(header);
        out.write(header);
    }

    private static void end(OutputStream out, long size) throws IOException {
        out.write(new byte[(int) (-size & (BLOCK - 1))]);
    }
}
