package dev.osie.build.oci.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.Zstd;
import dev.osie.build.oci.Descriptor;
import dev.osie.build.oci.Execution;
import dev.osie.build.oci.ImageConfig;
import dev.osie.build.oci.Manifest;
import dev.osie.build.oci.MediaType;
import dev.osie.build.oci.Platform;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** An archive of images, put together by hand so that every part of it can be wrong. */
final class TestArchive {
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final List<TarArchiveEntry> more = new ArrayList<>();
    private final List<String> index = new ArrayList<>();
    private final List<String> saved = new ArrayList<>();

    /** An image of one layer in the image layout. */
    Blob image(String name, byte[] layer, String mediaType, Digest diffId, Architecture architecture) {
        byte[] config = config(architecture, diffId);
        Manifest manifest = new Manifest(
                Descriptor.of(MediaType.CONFIG, blob(config)),
                List.of(Descriptor.of(mediaType, blob(layer))),
                Collections.emptySortedMap());
        Blob blob = blob(manifest.toBytes());
        index(name, MediaType.MANIFEST, blob, "");
        return blob;
    }

    Blob image(String name, String content) {
        byte[] layer = content.getBytes(UTF_8);
        return image(name, layer, MediaType.LAYER, Digest.of(layer), Architecture.X86_64);
    }

    /** Names something in index.json; an empty name is none. */
    TestArchive index(String name, String mediaType, Blob blob, String moreJson) {
        String annotations =
                name.isEmpty() ? "" : ", \"annotations\": {\"org.opencontainers.image.ref.name\": \"" + name + "\"}";
        index.add(descriptor(mediaType, blob, annotations + moreJson));
        return this;
    }

    static String descriptor(String mediaType, Blob blob, String moreJson) {
        return "{\"mediaType\": \"" + mediaType + "\", \"digest\": \"" + blob.digest() + "\", \"size\": " + blob.size()
                + moreJson + "}";
    }

    /** Forgets what index.json has so far. */
    TestArchive clearIndex() {
        index.clear();
        return this;
    }

    /** An image as docker save writes it, with the layers at these paths. */
    TestArchive saved(String tags, String configPath, byte[] config, String... layers) {
        files.put(configPath, config);
        saved.add("{\"Config\": \"" + configPath + "\", \"RepoTags\": " + tags + ", \"Layers\": [\""
                + String.join("\", \"", layers) + "\"]}");
        return this;
    }

    static byte[] config(Architecture architecture, Digest... diffIds) {
        return new ImageConfig(
                        Platform.linux(architecture),
                        Optional.empty(),
                        Optional.empty(),
                        Execution.EMPTY,
                        List.of(diffIds),
                        List.of())
                .toBytes();
    }

    Blob blob(byte[] content) {
        Blob blob = new Blob(Digest.of(content), content.length);
        files.put("blobs/sha256/" + blob.digest().hex(), content);
        return blob;
    }

    TestArchive file(String path, byte[] content) {
        files.put(path, content);
        return this;
    }

    TestArchive file(String path, String content) {
        return file(path, content.getBytes(UTF_8));
    }

    TestArchive without(String path) {
        files.remove(path);
        return this;
    }

    /** An entry without content. */
    TestArchive entry(TarArchiveEntry entry) {
        more.add(entry);
        return this;
    }

    static TarArchiveEntry link(String path, byte type, String target) {
        TarArchiveEntry entry = new TarArchiveEntry(path, type);
        entry.setLinkName(target);
        return entry;
    }

    static TarArchiveEntry symlink(String path, String target) {
        return link(path, TarConstants.LF_SYMLINK, target);
    }

    byte[] bytes() throws IOException {
        if (!index.isEmpty()) {
            files.putIfAbsent(
                    "index.json",
                    ("{\"schemaVersion\": 2, \"manifests\": [" + String.join(", ", index) + "]}").getBytes(UTF_8));
        }
        if (!saved.isEmpty()) {
            files.putIfAbsent("manifest.json", ("[" + String.join(", ", saved) + "]").getBytes(UTF_8));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey(), true);
                entry.setSize(file.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
            for (TarArchiveEntry entry : more) {
                tar.putArchiveEntry(entry);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    Path writeTo(Path file) throws IOException {
        return Files.write(file, bytes());
    }

    /** The same files as a directory. */
    Path unpackTo(Path directory) throws IOException {
        bytes();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = directory.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
        return directory;
    }

    static byte[] gzip(byte[]... members) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] member : members) {
            OutputStream gzip = new GZIPOutputStream(out);
            gzip.write(member);
            gzip.close();
        }
        return out.toByteArray();
    }

    static byte[] zstd(byte[] bytes) {
        return Zstd.compress(bytes);
    }
}
