package dev.osie.build.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.archive.LayoutSource;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageArchiveTest {
    private static final String FIRST = "docker.io/library/first:1";
    private static final String SECOND = "registry.lab/second:1";

    @TempDir
    Path directory;

    private Store store;
    private Layout layout;

    @BeforeEach
    void open() {
        store = Store.open(directory.resolve("store"));
        layout = new Layout(store);
    }

    @Test
    void isTheSameByteForByteWhereverAndWheneverItIsMade() throws IOException {
        byte[] archive = bytes(archive(Map.of(FIRST, image("shared", "own"), SECOND, image("shared"))));

        // Changes with the format: then its number has to rise too, so that no store keeps an old one.
        assertThat(Digest.of(archive))
                .hasToString("sha256:3d07b97d063017dc315211669dec2e87843d1a6ecf16a523bb208a9868ac6fba");
    }

    @Test
    void listsItsEntriesSortedAsRootsAndOf1970() throws IOException {
        byte[] archive = bytes(archive(Map.of(FIRST, image("a", "b"))));

        assertThat(List.copyOf(entries(archive).keySet()))
                .isSorted()
                .endsWith("index.json", "manifest.json", "oci-layout");
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(archive))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                assertThat(entry.getLongUserId() + entry.getLongGroupId()).isZero();
                assertThat(entry.getMode() & 07777).isEqualTo(0644);
                assertThat(entry.getLastModifiedTime().toMillis()).isZero();
            }
        }
    }

    @Test
    void knowsItsSizeBeforeItIsRead() throws IOException {
        // One layer of a whole block, one of half a block: there is nothing to fill up after the first.
        ImageArchive archive = archive(Map.of(FIRST, image("x".repeat(512), "y".repeat(256))));

        assertThat(bytes(archive)).hasSize((int) archive.size());
    }

    @Test
    void aLayerThatTwoImagesHaveIsThereOnce() throws IOException {
        byte[] archive = bytes(archive(Map.of(FIRST, image("shared", "own"), SECOND, image("shared"))));

        // Two layers, and of each image the configuration and the manifest.
        assertThat(entries(archive).keySet().stream().filter(path -> path.startsWith("blobs/")))
                .hasSize(2 + 2 * 2);
        assertThat(new String(archive, UTF_8)).containsOnlyOnce("shared layer");
    }

    @Test
    void bothFormsNameTheSameBlobs() throws IOException {
        Image image = image("a", "b");
        byte[] archive = bytes(archive(Map.of(FIRST, image)));
        Path file = Files.write(directory.resolve("image.tar"), archive);

        Image read;
        try (ImageSource source =
                LayoutSource.ofArchive(file, FIRST, Store.open(directory.resolve("other")), Progress.SILENT)) {
            read = source.fetch(Architecture.X86_64);
        }

        assertThat(read.config()).isEqualTo(image.config());
        String layers = read.layers().stream()
                .map(layer -> "\"blobs/sha256/" + layer.blob().digest().hex() + "\"")
                .reduce((lower, upper) -> lower + "," + upper)
                .orElseThrow();
        assertThat(text(archive, "manifest.json"))
                .contains("\"Layers\":[" + layers + "]", "\"RepoTags\":[\"" + FIRST + "\"]");
        assertThat(text(archive, "index.json")).contains("\"io.containerd.image.name\":\"" + FIRST + "\"");
    }

    @Test
    void anImageWithTwoNamesIsOneImage() throws IOException {
        Image image = image("a");

        byte[] archive = bytes(archive(Map.of(FIRST, image, SECOND, image)));

        assertThat(text(archive, "manifest.json")).contains("\"RepoTags\":[\"" + FIRST + "\",\"" + SECOND + "\"]");
        assertThat(text(archive, "manifest.json")).containsOnlyOnce("Config");
    }

    @Test
    void anotherNameOrAnotherImageIsAnotherArchive() {
        Digest identity = archive(Map.of(FIRST, image("a"))).identity();

        assertThat(archive(Map.of(FIRST, image("a"))).identity()).isEqualTo(identity);
        assertThat(archive(Map.of(SECOND, image("a"))).identity()).isNotEqualTo(identity);
        assertThat(archive(Map.of(FIRST, image("b"))).identity()).isNotEqualTo(identity);
    }

    @Test
    void aLayerThatWasAlteredInTheStoreIsFound() throws IOException {
        Image image = image("a");
        ImageArchive archive = archive(Map.of(FIRST, image));
        Files.writeString(store.path(image.layers().get(0).blob().digest()), "x layer");

        assertThatThrownBy(() -> bytes(archive))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("altered");
    }

    private ImageArchive archive(Map<String, Image> images) {
        return new ImageArchive(store, new TreeMap<>(images));
    }

    private Image image(String... contents) {
        List<Blob> layers = Stream.of(contents)
                .map(content -> store.put((content + " layer").getBytes(UTF_8)))
                .toList();
        ImageConfig config = new ImageConfig(
                Platform.linux(Architecture.X86_64),
                Optional.empty(),
                Optional.empty(),
                Execution.EMPTY,
                layers.stream().map(Blob::digest).toList(),
                List.of());
        return layout.put(
                Reference.parse("osie-build/test:x86_64"),
                config,
                layers.stream()
                        .map(layer -> new Image.Layer(layer, "made by a test"))
                        .toList());
    }

    private static byte[] bytes(ImageArchive archive) throws IOException {
        try (InputStream in = archive.open()) {
            return in.readAllBytes();
        }
    }

    private static String text(byte[] archive, String path) throws IOException {
        return new String(entries(archive).get(path), UTF_8);
    }

    private static Map<String, byte[]> entries(byte[] archive) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(archive))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                entries.put(entry.getName(), tar.readAllBytes());
            }
        }
        return entries;
    }
}
