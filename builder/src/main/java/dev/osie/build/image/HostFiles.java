package dev.osie.build.image;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Files of the host that become part of an image. */
final class HostFiles {
    static final int VERSION = 1;
    /** A file that changed so recently could change again without its times showing it: clocks of file systems are coarse. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private final Store store;
    private final LayerCache cache;

    HostFiles(Store store, LayerCache cache) {
        this.store = store;
        this.cache = cache;
    }

    /** A copy in the store, which stays as it is when somebody edits the file. */
    Blob put(Path file) {
        MessageDigest sha256 = Digest.newSha256();
        try {
            long size;
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha256)) {
                size = in.transferTo(OutputStream.nullOutputStream());
            }
            Blob blob = new Blob(Digest.finish(sha256), size);
            return store.contains(blob) ? blob : store.write(out -> Files.copy(file, out));
        } catch (IOException e) {
            throw badInput("Tried to read " + file + " for an image, but " + e.getMessage())
                    .because(e);
        }
    }

    /**
     * The same for many files, which are not read again while the file system says that they are as they were: hashing a worker's libraries
     * takes a fifth of the time of a build in which nothing changed.
     */
    List<Blob> putAll(List<Path> files) {
        return state(files)
                .map(key -> cache.get(key, () -> files.stream().map(this::put).toList()))
                .orElseGet(() -> files.stream().map(this::put).toList());
    }

    /** What tells whether a file was touched; nothing where the file system doesn't tell, or where one was touched just now. */
    private static Optional<StepKey> state(List<Path> files) {
        Instant settled = Instant.now().minus(SETTLED);
        StepKey key = StepKey.of("host files", VERSION);
        for (Path file : files) {
            try {
                // The time of the last change of the inode follows every change and cannot be set back, unlike that of
                // the content.
                Map<String, Object> attributes =
                        new TreeMap<>(Files.readAttributes(file, "unix:ino,size,lastModifiedTime,ctime"));
                if (((FileTime) attributes.get("ctime")).toInstant().isAfter(settled)) {
                    return Optional.empty();
                }
                key.with("file", file.toAbsolutePath()).with("state", attributes);
            } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        return Optional.of(key);
    }
}
