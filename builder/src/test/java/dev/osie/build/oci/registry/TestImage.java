package dev.osie.build.oci.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.Zstd;
import dev.osie.build.oci.MediaType;
import dev.osie.build.store.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** An image at a registry, put together by hand so that every part of it can be wrong. */
final class TestImage {
    private final FakeRegistry registry;
    private final String repository;
    private final List<String> layers = new ArrayList<>();
    private final List<String> diffIds = new ArrayList<>();
    private final List<byte[]> sent = new ArrayList<>();
    private String architecture = "amd64";

    TestImage(FakeRegistry registry, String repository) {
        this.registry = registry;
        this.repository = repository;
    }

    TestImage gzip(String file, String content) throws IOException {
        return layer(MediaType.DOCKER_LAYER_GZIP, gzip(tar(file, content)), tar(file, content));
    }

    TestImage zstd(String file, String content) throws IOException {
        return layer(MediaType.LAYER_ZSTD, Zstd.compress(tar(file, content)), tar(file, content));
    }

    TestImage plain(String file, String content) throws IOException {
        return layer(MediaType.LAYER, tar(file, content), tar(file, content));
    }

    TestImage layer(String type, byte[] bytes, byte[] unpacked) {
        Digest digest = registry.blob(repository, bytes);
        layers.add(descriptor(type, digest, bytes.length));
        diffIds.add("\"" + Digest.of(unpacked) + "\"");
        sent.add(bytes);
        return this;
    }

    /** Names a blob as a layer, wherever it is. */
    TestImage named(String type, Digest digest, long size, Digest diffId) {
        layers.add(descriptor(type, digest, size));
        diffIds.add("\"" + diffId + "\"");
        return this;
    }

    /** The bytes of a layer as they are sent. */
    byte[] sent(int layer) {
        return sent.get(layer);
    }

    String blobPath(int layer) {
        return "/v2/" + repository + "/blobs/" + Digest.of(sent.get(layer));
    }

    TestImage on(String newArchitecture) {
        architecture = newArchitecture;
        return this;
    }

    Digest put(String... tags) {
        byte[] config = ("{\"os\": \"linux\", \"architecture\": \"" + architecture
                        + "\", \"x-unknown\": 1, \"config\": {\"Cmd\": [\"/hello\"]}, \"rootfs\": {\"type\": \"layers\","
                        + " \"diff_ids\": [" + String.join(", ", diffIds) + "]}}")
                .getBytes(UTF_8);
        Digest digest = registry.blob(repository, config);
        return registry.manifest(
                repository,
                MediaType.DOCKER_MANIFEST,
                "{\"schemaVersion\": 2, \"mediaType\": \"" + MediaType.DOCKER_MANIFEST + "\", \"config\": "
                        + descriptor("application/vnd.docker.container.image.v1+json", digest, config.length)
                        + ", \"layers\": [" + String.join(", ", layers) + "]}",
                tags);
    }

    static String descriptor(String type, Digest digest, long size) {
        return "{\"mediaType\": \"" + type + "\", \"digest\": \"" + digest + "\", \"size\": " + size + "}";
    }

    static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    static byte[] tar(String file, String content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            TarArchiveEntry entry = new TarArchiveEntry(file);
            entry.setSize(content.getBytes(UTF_8).length);
            entry.setModTime(0);
            tar.putArchiveEntry(entry);
            tar.write(content.getBytes(UTF_8));
            tar.closeArchiveEntry();
        }
        return out.toByteArray();
    }
}
