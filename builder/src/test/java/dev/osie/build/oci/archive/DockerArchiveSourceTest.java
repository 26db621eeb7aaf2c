package dev.osie.build.oci.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.failure.BuildException.Kind;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageSource;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DockerArchiveSourceTest {
    private static final Architecture X86_64 = Architecture.X86_64;
    private static final byte[] ONE = "one".getBytes(UTF_8);
    private static final byte[] TWO = "two".getBytes(UTF_8);
    private static final byte[] CONFIG = TestArchive.config(X86_64, Digest.of(ONE), Digest.of(TWO));

    @TempDir
    private Path directory;

    private final TestArchive archive = new TestArchive();
    private Store store;

    @BeforeEach
    void open() {
        store = Store.open(directory.resolve("store"));
    }

    @Test
    void findsAnImageByAnyOfItsNamesHoweverItsLayersAreCompressed() throws IOException {
        archive.file("a/layer.tar", TestArchive.gzip(ONE))
                .file("b/layer.tar", TestArchive.zstd(TWO))
                .saved(
                        "[\"app:1\", \"registry.lab/app:2\"]",
                        hex(CONFIG) + ".json",
                        CONFIG,
                        "a/layer.tar",
                        "b/layer.tar")
                .saved("null", "other.json", TestArchive.config(X86_64));

        Image image = fetch("docker.io/library/app:1");

        assertThat(image.layers())
                .extracting(Image.Layer::blob)
                .containsExactly(new Blob(Digest.of(ONE), ONE.length), new Blob(Digest.of(TWO), TWO.length));
        assertThat(fetch("registry.lab/app:2").manifest()).isEqualTo(image.manifest());
        assertThat(image.layers().get(0).origin()).isEqualTo("image:" + Digest.of(CONFIG));
        try (ImageSource source = source("app:1")) {
            assertThat(source.name()).contains(Reference.parse("docker.io/library/app:1"));
            assertThat(source.outline(X86_64).layers()).hasSize(2);
        }
    }

    @Test
    void readsWhatDockerBeforeVersion25Saved() throws IOException {
        byte[] twice = TestArchive.config(X86_64, Digest.of(ONE), Digest.of(ONE));
        archive.file("1/layer.tar", ONE)
                .saved("[\"app:1\"]", hex(twice) + ".json", twice, "1/layer.tar", "2/layer.tar")
                .entry(TestArchive.symlink("2/layer.tar", "../1/layer.tar"));

        assertThat(fetch("").layers()).hasSize(2);
    }

    @Test
    void readsAnArchiveThatIsCompressedItself() throws IOException {
        archive.file("1.tar", ONE).saved("[\"app:1\"]", "c.json", TestArchive.config(X86_64, Digest.of(ONE)), "1.tar");

        for (byte[] bytes : new byte[][] {TestArchive.gzip(archive.bytes()), TestArchive.zstd(archive.bytes())}) {
            Path file = Files.write(directory.resolve("compressed"), bytes);
            try (ImageSource source = DockerArchiveSource.of(file, "app:1", store, Progress.SILENT)) {
                assertThat(source.fetch(X86_64).layers()).hasSize(1);
            }
        }
    }

    @Test
    void tellsWhatThereIsWhenTheNameIsNot() {
        archive.saved("[\"a:1\"]", "a.json", TestArchive.config(X86_64))
                .saved("[\"b:2\"]", "b.json", TestArchive.config(X86_64));

        assertThatThrownBy(() -> source("b:1"))
                .hasMessageContaining("There is no image 'b:1' in ")
                .hasMessageEndingWith("it has: a:1, b:2.");
        assertThatThrownBy(() -> source("")).hasMessageContaining("more than one image");
    }

    @Test
    void refusesAnAlteredLayer() {
        archive.file("1.tar", "altered")
                .saved("[\"a:1\"]", "c.json", TestArchive.config(X86_64, Digest.of(ONE)), "1.tar");

        refuses("unpacks to something else", Kind.VERIFICATION);
    }

    @Test
    void refusesAnAlteredConfigurationWhosePathIsItsDigest() {
        byte[] config = TestArchive.config(X86_64);
        archive.saved("[\"a:1\"]", Digest.ofText("another").hex() + ".json", config);

        refuses("was altered", Kind.VERIFICATION);
    }

    @Test
    void refusesLayersThatTheConfigurationDoesNotName() {
        archive.file("1.tar", ONE)
                .saved("[\"a:1\"]", "c.json", TestArchive.config(X86_64, Digest.of(ONE)), "1.tar", "1.tar");

        refuses("has 2 layers, and its configuration names 1", Kind.VERIFICATION);
    }

    @Test
    void refusesPathsThatLeaveTheArchive() {
        archive.saved("[\"a:1\"]", "c.json", TestArchive.config(X86_64)).file("../escaped", ONE);

        refuses("leaves the tree", Kind.BAD_INPUT);
        assertThat(directory.resolve("escaped")).doesNotExist();
    }

    @Test
    void followsNoLinkOutOfTheArchive() {
        archive.saved("[\"a:1\"]", "c.json", TestArchive.config(X86_64, Digest.of(ONE)), "1.tar")
                .entry(TestArchive.symlink("1.tar", "../../../etc/passwd"));

        refuses("a link to '../../../etc/passwd', which leaves the archive", Kind.BAD_INPUT);
    }

    @Test
    void followsNoLinkToALinkNorToWhatIsNotThere() {
        archive.saved("[\"a:1\"]", "c.json", TestArchive.config(X86_64, Digest.of(ONE)), "1.tar")
                .entry(TestArchive.symlink("1.tar", "2.tar"))
                .entry(TestArchive.link("2.tar", TarConstants.LF_LINK, "1.tar"));

        refuses("is a link to '2.tar', which is no file of the archive", Kind.BAD_INPUT);
    }

    @Test
    void refusesAnEntryThatIsThereTwice() throws IOException {
        archive.saved("[\"a:1\"]", "c.json", TestArchive.config(X86_64)).file("./manifest.json", "[]");

        refuses("it has the entry 'manifest.json' twice", Kind.BAD_INPUT);
    }

    @Test
    void refusesAnEntryThatIsLargerThanTheArchive() throws IOException {
        byte[] bytes = archive.saved("[\"a:1\"]", "c.json", TestArchive.config(X86_64, Digest.of(ONE)), "1.tar")
                .file("1.tar", new byte[20_000])
                .bytes();
        Path file = Files.write(directory.resolve("short.tar"), Arrays.copyOf(bytes, 10_000));

        assertThatThrownBy(() -> DockerArchiveSource.of(file, "", store, Progress.SILENT))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("is not a readable tar archive");
    }

    @Test
    void refusesMoreHeadersThanAnyHonestArchiveHas() {
        archive.saved("[\"a:1\"]", "c.json", TestArchive.config(X86_64));
        for (int i = 0; i < 40_000; i++) {
            archive.file("f" + i, new byte[0]);
        }

        refuses("bytes of headers, more than any honest archive", Kind.BAD_INPUT);
    }

    @Test
    void refusesAnArchiveThatUnpacksToMoreThanAnyHonestOne() throws IOException {
        Path file = Files.write(directory.resolve("bomb.tar.gz"), TestArchive.gzip(new byte[300 << 20]));

        assertThatThrownBy(() -> DockerArchiveSource.of(file, "", store, Progress.SILENT))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("unpacks to more than 268435456 bytes");
        try (var left = Files.list(store.root().resolve("tmp"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void refusesAFileThatIsNoArchive() throws IOException {
        for (byte[] content : new byte[][] {{}, "no archive".getBytes(UTF_8), {0x1f, (byte) 0x8b, 8, 0}}) {
            Path file = Files.write(directory.resolve("file"), content);
            assertThatThrownBy(() -> DockerArchiveSource.of(file, "", store, Progress.SILENT))
                    .isInstanceOf(BuildException.class)
                    .hasMessageContaining("is not a readable tar archive");
        }
        assertThatThrownBy(() -> DockerArchiveSource.of(directory.resolve("nowhere"), "", store, Progress.SILENT))
                .hasMessageContaining("there is no such file");
    }

    @Test
    void damageAnywhereIsAFailureOfTheArchiveNotOfTheProgram() throws IOException {
        byte[] whole = archive.file("1.tar", ONE)
                .file("2.tar", TestArchive.gzip(TWO))
                .saved("[\"a:1\"]", hex(CONFIG) + ".json", CONFIG, "1.tar", "2.tar")
                .bytes();
        Random random = new Random(42);
        for (int round = 0; round < 400; round++) {
            byte[] damaged = whole.clone();
            for (int i = 0; i < 3; i++) {
                damaged[random.nextInt(whole.length)] = (byte) random.nextInt();
            }
            Path file = Files.write(directory.resolve("damaged.tar"), damaged);
            try (ImageSource source = DockerArchiveSource.of(file, "", store, Progress.SILENT)) {
                source.fetch(X86_64);
            } catch (BuildException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }

    private void refuses(String message, Kind kind) {
        assertThatThrownBy(() -> fetch(""))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining(message)
                .extracting(failure -> ((BuildException) failure).kind())
                .isEqualTo(kind);
    }

    private static String hex(byte[] content) {
        return Digest.of(content).hex();
    }

    private Image fetch(String name) throws IOException {
        try (ImageSource source = source(name)) {
            return source.fetch(X86_64);
        }
    }

    private ImageSource source(String name) throws IOException {
        return DockerArchiveSource.of(archive.writeTo(directory.resolve("image.tar")), name, store, Progress.SILENT);
    }
}
