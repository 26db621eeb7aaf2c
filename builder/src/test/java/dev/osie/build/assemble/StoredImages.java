package dev.osie.build.assemble;

import dev.osie.build.oci.Execution;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageConfig;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Puts small images into a store, as somebody's registry would have them. */
public final class StoredImages {
    /** When everything in an image was made: before {@link #LATEST}. */
    public static final long MTIME = 1_400_000_000;

    /** The time that LinuxKit gives to what it makes. */
    public static final long LATEST = 1_492_533_000;

    private final Store store;
    private final Architecture architecture;

    public StoredImages(Store store) {
        this(store, Architecture.X86_64);
    }

    public StoredImages(Store store, Architecture architecture) {
        this.store = store;
        this.architecture = architecture;
    }

    /** An image whose containers run /bin/app. */
    public Image put(String name, Layer... layers) {
        return putForUser("", name, layers);
    }

    /** The same, with a user that they run as. */
    public Image putForUser(String user, String name, Layer... layers) {
        List<Blob> blobs =
                Arrays.stream(layers).map(layer -> store.put(layer.toBytes())).toList();
        Execution execution = new Execution(
                user,
                List.of("PATH=/bin"),
                List.of("/bin/app"),
                List.of(),
                "",
                Collections.emptySortedMap(),
                Collections.emptySortedSet(),
                Collections.emptySortedSet(),
                Optional.empty());
        ImageConfig config = new ImageConfig(
                Platform.linux(architecture),
                Optional.of("2014-05-13T16:53:20Z"),
                Optional.empty(),
                execution,
                blobs.stream().map(Blob::digest).toList(),
                List.of());
        return new Layout(store)
                .put(
                        Reference.parse(name),
                        config,
                        blobs.stream().map(blob -> new Image.Layer(blob, "")).toList());
    }

    /** A tar archive, entry by entry. */
    public static final class Layer {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes);

        public Layer() {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        }

        public Layer file(String path, int mode, String text) {
            return file(path, mode, text.getBytes(StandardCharsets.UTF_8));
        }

        public Layer file(String path, int mode, byte[] content) {
            return add(entry(path, TarConstants.LF_NORMAL, mode), content);
        }

        public Layer directory(String path, int mode) {
            return add(entry(path + "/", TarConstants.LF_DIR, mode), new byte[0]);
        }

        public Layer symlink(String path, String target) {
            TarArchiveEntry entry = entry(path, TarConstants.LF_SYMLINK, 0777);
            entry.setLinkName(target);
            return add(entry, new byte[0]);
        }

        public Layer link(String path, String target) {
            TarArchiveEntry entry = entry(path, TarConstants.LF_LINK, 0644);
            entry.setLinkName(target);
            return add(entry, new byte[0]);
        }

        public Layer add(TarArchiveEntry entry, byte[] content) {
            try {
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
                return this;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** An entry of root's. */
        public static TarArchiveEntry entry(String path, byte type, int mode) {
            TarArchiveEntry entry = new TarArchiveEntry(path, type);
            entry.setMode(mode);
            entry.setModTime(MTIME * 1000);
            entry.setUserId(0);
            entry.setGroupId(0);
            return entry;
        }

        /** The archive, which takes no more entries then. */
        public byte[] toBytes() {
            try {
                tar.close();
                return bytes.toByteArray();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
