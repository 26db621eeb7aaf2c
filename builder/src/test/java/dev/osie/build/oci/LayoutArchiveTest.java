package dev.osie.build.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayoutArchiveTest {
    private static final byte[] LAYER = "a layer".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path directory;

    private final Map<String, byte[]> files = new TreeMap<>();
    private Store store;

    @BeforeEach
    void open() {
        store = Store.open(directory.resolve("store"));
    }

    @Test
    void putsLayersIntoTheStoreUncompressed() throws IOException {
        image(Digest.of(LAYER), gzip(LAYER), MediaType.LAYER_GZIP);

        LayoutArchive.Contents contents = LayoutArchive.read(archive(), store);

        assertThat(contents.layers()).containsExactly(new Blob(Digest.of(LAYER), LAYER.length));
        assertThat(store.readAllBytes(Digest.of(LAYER))).isEqualTo(LAYER);
        assertThat(contents.config().platform().architecture()).isEqualTo("amd64");
    }

    @Test
    void refusesALayerThatIsNotTheOneTheConfigurationNames() throws IOException {
        image(Digest.ofText("another"), gzip(LAYER), MediaType.LAYER_GZIP);

        assertThatThrownBy(() -> LayoutArchive.read(archive(), store))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("are not those its configuration names");
    }

    @Test
    void refusesAnAlteredDocument() throws IOException {
        Digest manifest = image(Digest.of(LAYER), LAYER, MediaType.LAYER);
        files.put("blobs/sha256/" + manifest.hex(), "{}".getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> LayoutArchive.read(archive(), store))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("was altered")
                .hasMessageContaining(manifest.toString());
    }

    @Test
    void refusesAnArchiveThatHoldsNoImage() throws IOException {
        files.put("index.json", "{\"manifests\":[]}".getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> LayoutArchive.read(archive(), store))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("holds 0 images");
    }

    @Test
    void writesNothingOutsideForNamesThatLeaveTheArchive() throws IOException {
        image(Digest.of(LAYER), LAYER, MediaType.LAYER);
        files.put("../escaped", LAYER);
        files.put("blobs/sha256/../../escaped", LAYER);

        LayoutArchive.read(archive(), store);

        try (var left = Files.walk(directory)) {
            assertThat(left.filter(path -> path.endsWith("escaped"))).isEmpty();
        }
    }

    /** Adds an image of one layer to the archive. */
    private Digest image(Digest diffId, byte[] layer, String mediaType) {
        ImageConfig config = new ImageConfig(
                Platform.linux(Architecture.X86_64),
                Optional.empty(),
                Optional.empty(),
                Execution.EMPTY,
                List.of(diffId),
                List.of());
        Manifest manifest = new Manifest(
                Descriptor.of(MediaType.CONFIG, blob(config.toBytes())),
                List.of(Descriptor.of(mediaType, blob(layer))),
                Collections.emptySortedMap());
        Blob blob = blob(manifest.toBytes());
        String index = "{\"manifests\":[{\"mediaType\":\"" + MediaType.MANIFEST + "\",\"digest\":\"" + blob.digest()
                + "\",\"size\":" + blob.size() + "}]}";
        files.put("index.json", index.getBytes(StandardCharsets.UTF_8));
        return blob.digest();
    }

    private Blob blob(byte[] content) {
        Blob blob = new Blob(Digest.of(content), content.length);
        files.put("blobs/sha256/" + blob.digest().hex(), content);
        return blob;
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }

    private Path archive() throws IOException {
        Path archive = directory.resolve("image.tar");
        try (OutputStream out = Files.newOutputStream(archive);
                TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey(), true);
                entry.setSize(file.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        }
        return archive;
    }
}
