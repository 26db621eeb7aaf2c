package dev.osie.build.oci.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.failure.BuildException.Kind;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageOutline;
import dev.osie.build.oci.ImageSource;
import dev.osie.build.oci.LayerCompression;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.MediaType;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LayoutSourceTest {
    private static final byte[] LAYER = "a layer".getBytes(UTF_8);
    private static final Digest DIFF_ID = Digest.of(LAYER);
    private static final Architecture X86_64 = Architecture.X86_64;
    private static final Architecture AARCH64 = Architecture.AARCH64;

    @TempDir
    private Path directory;

    private final TestArchive archive = new TestArchive();
    private Store store;

    @BeforeEach
    void open() {
        store = Store.open(directory.resolve("store"));
    }

    @Test
    void bringsLayersOfEveryCompressionIntoTheStore() throws IOException {
        archive.image("gzip", TestArchive.gzip(LAYER), MediaType.LAYER_GZIP, DIFF_ID, X86_64);
        archive.image("zstd", TestArchive.zstd(LAYER), MediaType.LAYER_ZSTD, DIFF_ID, X86_64);
        archive.image("plain", LAYER, MediaType.DOCKER_LAYER, DIFF_ID, X86_64);

        Image gzip = fetch("gzip", X86_64);
        assertThat(gzip.layers()).extracting(Image.Layer::blob).containsExactly(new Blob(DIFF_ID, LAYER.length));
        assertThat(store.readAllBytes(DIFF_ID)).isEqualTo(LAYER);
        assertThat(fetch("zstd", X86_64).manifest())
                .as("the same image, however it came")
                .isEqualTo(fetch("plain", X86_64).manifest())
                .isEqualTo(gzip.manifest());
    }

    @Test
    void readsALayerOfManyGzipMembersWhereverTheyEnd() throws IOException {
        Random random = new Random(7);
        byte[][] members = new byte[40][];
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < members.length; i++) {
            // The first ends just before the end of a reader's buffer of 64 KiB.
            members[i] = new byte[i == 0 ? 65_480 + random.nextInt(10) : 3000 + random.nextInt(100)];
            random.nextBytes(members[i]);
            all.write(members[i]);
        }
        archive.image("1", TestArchive.gzip(members), MediaType.LAYER_GZIP, Digest.of(all.toByteArray()), X86_64);

        assertThat(fetch("1", X86_64).layers()).hasSize(1);
    }

    @Test
    void readsACompressedArchiveAndADirectory() throws IOException {
        archive.image("1", "one");

        for (byte[] bytes : new byte[][] {TestArchive.gzip(archive.bytes()), TestArchive.zstd(archive.bytes())}) {
            Path file = Files.write(directory.resolve("compressed"), bytes);
            try (ImageSource source = LayoutSource.ofArchive(file, "", store, Progress.SILENT)) {
                assertThat(source.fetch(X86_64).layers()).hasSize(1);
            }
        }
        Path unpacked = archive.unpackTo(directory.resolve("layout"));
        try (ImageSource source = LayoutSource.ofDirectory(unpacked, "1", store, Progress.SILENT)) {
            assertThat(source.fetch(X86_64).layers()).hasSize(1);
        }
        try (var left = Files.list(store.root().resolve("tmp"))) {
            assertThat(left).as("nothing stays beside the store").isEmpty();
        }
    }

    @Test
    void choosesTheArchitectureOfANestedIndexPastAttestations() throws IOException {
        Blob arm = archive.image("", TestArchive.gzip(LAYER), MediaType.LAYER_GZIP, DIFF_ID, AARCH64);
        Blob amd = archive.image("", "amd64");
        Blob index = archive.blob(("{\"manifests\": ["
                        + TestArchive.descriptor(
                                MediaType.MANIFEST,
                                new Blob(Digest.ofText("not there"), 1),
                                ", \"platform\": {\"os\": \"unknown\", \"architecture\": \"unknown\"},"
                                        + " \"annotations\": {\"vnd.docker.reference.type\": \"attestation-manifest\"}")
                        + ","
                        + TestArchive.descriptor(
                                MediaType.MANIFEST,
                                arm,
                                ", \"platform\": {\"os\": \"linux\", \"architecture\": \"arm64\", \"variant\": \"v8\"}")
                        + "," + TestArchive.descriptor(MediaType.MANIFEST, amd, "") + "]}")
                .getBytes(UTF_8));
        archive.clearIndex().index("registry.lab/app:1", MediaType.INDEX, index, "");

        try (ImageSource source = source("registry.lab/app:1")) {
            assertThat(source.name()).contains(Reference.parse("registry.lab/app:1"));
            assertThat(source.platforms())
                    .extracting(Platform::describe)
                    .containsExactly("linux/arm64/v8", "linux/amd64");
            assertThat(source.fetch(AARCH64).layers().get(0).blob().digest()).isEqualTo(DIFF_ID);
            assertThat(source.fetch(X86_64).layers().get(0).blob().digest()).isEqualTo(Digest.ofText("amd64"));
            assertThat(new Layout(store).recall(arm.digest()))
                    .as("known by the digest it has elsewhere")
                    .contains(source.fetch(AARCH64).manifest());
        }
    }

    @Test
    void tellsWhatThereIsWhenTheNameIsNot() throws IOException {
        archive.image("a:1", "one");
        archive.image("b:2", "two");

        assertThatThrownBy(() -> fetch("b:3", X86_64))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("There is no image 'b:3' in ")
                .hasMessageEndingWith("; it has: a:1, b:2.")
                .extracting(failure -> ((BuildException) failure).hint().orElseThrow())
                .isEqualTo("Perhaps you meant 'b:2'.");
        assertThatThrownBy(() -> fetch("", X86_64)).hasMessageContaining("more than one image");
        assertThat(fetch("docker.io/library/a:1", X86_64).layers()).hasSize(1);
    }

    @Test
    void tellsWhichArchitecturesThereAre() throws IOException {
        archive.image("a:1", "one");

        assertThatThrownBy(() -> fetch("a:1", AARCH64))
                .hasMessageContaining("is not made for linux/arm64; there are linux/amd64.");
    }

    @Test
    void outlinesAnImageWithoutReadingItsLayers() throws IOException {
        Blob manifest = archive.image("a:1", TestArchive.gzip(LAYER), MediaType.LAYER_GZIP, DIFF_ID, X86_64);

        try (ImageSource source = source("a:1")) {
            ImageOutline outline = source.outline(X86_64);
            assertThat(outline.manifest()).contains(manifest.digest());
            assertThat(outline.layers()).singleElement().satisfies(layer -> {
                assertThat(layer.compression()).contains(LayerCompression.GZIP);
                assertThat(layer.diffId()).isEqualTo(DIFF_ID);
            });
        }
        assertThat(store.contains(DIFF_ID)).isFalse();
    }

    @Test
    void refusesALayerThatIsNotTheOneTheConfigurationNames() {
        archive.image("1", TestArchive.zstd(LAYER), MediaType.LAYER_ZSTD, Digest.ofText("another"), X86_64);

        refuses("unpacks to something else");
    }

    @Test
    void refusesAnAlteredDocument() {
        Blob manifest = archive.image("1", "one");
        archive.file("blobs/sha256/" + manifest.digest().hex(), "x".repeat((int) manifest.size()));

        refuses("was altered");
    }

    @Test
    void refusesAnAlteredLayerEvenWhenItUnpacksToTheRightOne() throws IOException {
        byte[] packed = TestArchive.gzip(LAYER);
        archive.image("1", packed, MediaType.LAYER_GZIP, DIFF_ID, X86_64);
        byte[] altered = packed.clone();
        altered[4] ^= 1; // the time in gzip's header, which no content depends on
        archive.file("blobs/sha256/" + Digest.of(packed).hex(), altered);

        refuses("was altered");
    }

    @Test
    void refusesABlobOfAnotherSize() {
        archive.image("1", "one");
        archive.file("blobs/sha256/" + Digest.ofText("one").hex(), "longer");

        refuses("has 6 bytes; what names it expects 3");
    }

    @Test
    void refusesALayerThatUnpacksToMoreThanAnyHonestOne() throws IOException {
        byte[] bomb = TestArchive.gzip(new byte[300 << 20]);
        archive.image("1", bomb, MediaType.LAYER_GZIP, Digest.ofText("whatever"), X86_64);

        refuses("unpacks to more than 268435456 bytes");
        try (var left = Files.list(store.root().resolve("tmp"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void refusesIndexesThatGoOnForEver() {
        Blob blob = archive.image("", "one");
        for (int i = 0; i < 6; i++) {
            blob = archive.blob(
                    ("{\"manifests\": [" + TestArchive.descriptor(MediaType.INDEX, blob, "") + "]}").getBytes(UTF_8));
        }
        Blob top = blob;
        archive.clearIndex().index("1", MediaType.INDEX, top, "");

        assertThatThrownBy(() -> source("1")).hasMessageContaining("is an index of too many");
    }

    @Test
    void refusesIndexesOfIndexesWithoutEnd() throws IOException {
        Blob blob = archive.blob("{\"manifests\": []}".getBytes(UTF_8));
        for (int i = 0; i < 3; i++) {
            String same = TestArchive.descriptor(MediaType.INDEX, blob, "");
            blob = archive.blob(
                    ("{\"manifests\": [" + String.join(",", Collections.nCopies(500, same)) + "]}").getBytes(UTF_8));
        }
        archive.clearIndex().index("1", MediaType.INDEX, blob, "");

        assertThatThrownBy(() -> source("1")).hasMessageContaining("is an index of too many");
    }

    @Test
    void saysWhereADocumentIsThatIsNoJson() {
        archive.file("index.json", "no JSON");

        assertThatThrownBy(() -> source("")).hasMessageContaining("image.tar: ").hasMessageContaining("JSON");
    }

    @Test
    void namesWhatIsMissing() {
        archive.image("1", "one");
        archive.without("blobs/sha256/" + Digest.ofText("one").hex());

        assertThatThrownBy(() -> fetch("1", X86_64))
                .hasMessageContaining(
                        "has no file 'blobs/sha256/" + Digest.ofText("one").hex());
    }

    @Test
    void saysWhichKindOfArchiveItIsInstead() {
        archive.saved("[\"a:1\"]", "config.json", TestArchive.config(X86_64));

        assertThatThrownBy(() -> source(""))
                .hasMessageContaining("is no image layout")
                .extracting(failure -> ((BuildException) failure).hint().orElseThrow())
                .asString()
                .contains("docker-archive:");
    }

    @Test
    void followsNoLinkOutOfADirectory() throws IOException {
        archive.image("1", "one");
        Path layout = archive.unpackTo(directory.resolve("layout"));
        Path blob = layout.resolve("blobs/sha256/" + Digest.ofText("one").hex());
        Files.delete(blob);
        Files.createSymbolicLink(blob, Files.writeString(directory.resolve("outside"), "one"));

        try (ImageSource source = LayoutSource.ofDirectory(layout, "1", store, Progress.SILENT)) {
            assertThatThrownBy(() -> source.fetch(X86_64)).hasMessageContaining("is not a regular file");
        }
    }

    private void refuses(String message) {
        ThrowingCallable fetch = () -> fetch("1", X86_64);
        assertThatThrownBy(fetch)
                .isInstanceOf(BuildException.class)
                .hasMessageContaining(message)
                .extracting(failure -> ((BuildException) failure).kind())
                .isEqualTo(Kind.VERIFICATION);
    }

    private Image fetch(String name, Architecture architecture) throws IOException {
        try (ImageSource source = source(name)) {
            return source.fetch(architecture);
        }
    }

    private ImageSource source(String name) throws IOException {
        return LayoutSource.ofArchive(archive.writeTo(directory.resolve("image.tar")), name, store, Progress.SILENT);
    }
}
