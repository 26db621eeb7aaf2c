package dev.osie.build.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayoutTest {
    private static final Reference NAME = Reference.parse("osie-build/init:x86_64");

    @TempDir
    Path directory;

    private Store store;
    private Layout layout;

    @BeforeEach
    void open() {
        store = Store.open(directory);
        layout = new Layout(store);
    }

    @Test
    void readsBackWhatWasPutByNameAndByDigest() {
        Image image = put(NAME, "content");

        assertThat(layout.find(NAME)).contains(image);
        assertThat(layout.read(NAME, image.manifest())).isEqualTo(image);
        assertThat(layout.find(Reference.parse("osie-build/init:aarch64"))).isEmpty();
    }

    @Test
    void keepsAllOfAConfiguration() {
        TreeMap<String, String> labels = new TreeMap<>();
        labels.put("org.mobyproject.config", "{\"capabilities\": [\"all\"]}");
        Execution execution = new Execution(
                "1000:1000",
                List.of("PATH=/bin", "A=b=c"),
                List.of("/init"),
                List.of("-x"),
                "/srv",
                labels,
                new TreeSet<>(List.of("/data")),
                new TreeSet<>(List.of("80/tcp")),
                Optional.of("SIGTERM"));
        ImageConfig config = new ImageConfig(
                new Platform("linux", "arm64", Optional.of("v8"), Optional.of("1"), List.of("feature")),
                Optional.of("2026-11-21T00:00:00Z"),
                Optional.of("somebody"),
                execution,
                List.of(Digest.ofText("layer")),
                List.of(new History(
                        Optional.of("2026-11-21T00:00:00Z"),
                        Optional.of("made"),
                        Optional.of("by"),
                        Optional.of("why"),
                        true)));

        assertThat(ImageConfig.read(config.toBytes())).isEqualTo(config);
    }

    @Test
    void takesLabelsThatAreNumbersAndPassesOverUnknownProperties() {
        ImageConfig config = ImageConfig.read("""
                {"architecture":"amd64","os":"linux","Healthcheck":{"x":[1]},"rootfs":{"type":"layers","diff_ids":[]},
                 "config":{"Labels":{"a":1,"b":true},"Cmd":null,"Memory":5}}
                """.getBytes(StandardCharsets.UTF_8));

        assertThat(config.execution().labels()).containsEntry("a", "1").containsEntry("b", "true");
        assertThat(config.execution().cmd()).isEmpty();
    }

    @Test
    void refusesAnAlteredConfiguration() throws IOException {
        Image image = put(NAME, "content");
        Manifest manifest = Manifest.read(store.readAllBytes(image.manifest()));
        Files.writeString(store.path(manifest.config().digest()), "{}");

        assertThatThrownBy(() -> layout.find(NAME))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("was altered");
    }

    @Test
    void findsAnyAlteredByteOfItsNames() throws IOException {
        Image image = put(NAME, "content");
        Path index = directory.resolve("index.json");
        byte[] whole = Files.readAllBytes(index);

        for (int i = 0; i < whole.length; i++) {
            byte[] flipped = whole.clone();
            flipped[i] ^= (byte) (1 << i % 7);
            Files.write(index, flipped);
            try {
                // What was altered may be the property that the name stands in; then there is none.
                assertThat(layout.find(NAME)).as("with byte %d altered", i).isIn(Optional.of(image), Optional.empty());
            } catch (BuildException e) {
                assertThat(e.kind()).as(e.getMessage()).isEqualTo(BuildException.Kind.VERIFICATION);
            }
        }
    }

    @Test
    void takesNamesThatOtherToolsGave() throws IOException {
        Image image = put(NAME, "content");
        Path index = directory.resolve("index.json");
        Files.writeString(index, Files.readString(index).replaceFirst("\"dev.osie.build.sum\":\"[0-9a-f]{64}\",", ""));

        assertThat(Files.readString(index)).doesNotContain("dev.osie");
        assertThat(layout.find(NAME)).contains(image);
    }

    @Test
    void forgetsANameAndKeepsTheImage() {
        Image image = put(NAME, "content");

        layout.remove(layout.entries());

        assertThat(layout.find(NAME)).isEmpty();
        assertThat(layout.read(NAME, image.manifest())).isEqualTo(image);
    }

    @Test
    void saysWhichLayerIsMissing() throws IOException {
        Image image = put(NAME, "content");
        Digest layer = image.layers().get(0).blob().digest();
        Files.delete(store.path(layer));

        assertThatThrownBy(() -> layout.find(NAME))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining(layer.toString())
                .hasMessageContaining(NAME.toString());
    }

    @Test
    void refusesAManifestWhoseLayersAreNotThoseOfItsConfiguration() {
        Blob layer = store.put("other".getBytes(StandardCharsets.UTF_8));
        Image image = layout.put(NAME, config(Digest.ofText("content")), List.of(new Image.Layer(layer, "")));

        assertThatThrownBy(() -> layout.read(NAME, image.manifest()))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("does not name the layers");
    }

    @Test
    void movesANameToTheNewImage() throws IOException {
        put(NAME, "one");
        Image second = put(NAME, "two");

        assertThat(layout.find(NAME)).contains(second);
        assertThat(Files.readString(directory.resolve("index.json"))).containsOnlyOnce("osie-build/init:x86_64");
    }

    @Test
    void writesTheSameIndexWhateverTheOrder() throws IOException {
        put(Reference.parse("b:1"), "b");
        put(Reference.parse("a:1"), "a");
        String first = Files.readString(directory.resolve("index.json"));
        Files.delete(directory.resolve("index.json"));
        put(Reference.parse("a:1"), "a");
        put(Reference.parse("b:1"), "b");

        assertThat(Files.readString(directory.resolve("index.json"))).isEqualTo(first);
    }

    @Test
    void losesNoNameWhenSeveralAreGivenAtOnce() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> puts = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Reference name = Reference.parse("image-" + i + ":x");
                puts.add(executor.submit(() -> new Layout(Store.open(directory)).put(name, config(), List.of())));
            }
            for (Future<?> put : puts) {
                put.get();
            }
        } finally {
            executor.shutdownNow();
        }

        for (int i = 0; i < 20; i++) {
            assertThat(layout.find(Reference.parse("image-" + i + ":x"))).isPresent();
        }
    }

    private Image put(Reference name, String content) {
        Blob layer = store.put(content.getBytes(StandardCharsets.UTF_8));
        return layout.put(name, config(layer.digest()), List.of(new Image.Layer(layer, "made by a test")));
    }

    private static ImageConfig config(Digest... layers) {
        return new ImageConfig(
                Platform.linux(Architecture.X86_64),
                Optional.empty(),
                Optional.empty(),
                Execution.EMPTY,
                List.of(layers),
                List.of());
    }
}
