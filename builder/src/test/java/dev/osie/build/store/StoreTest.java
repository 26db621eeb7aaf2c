package dev.osie.build.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
    @TempDir
    Path directory;

    private Store store;

    @BeforeEach
    void openStore() {
        store = Store.open(directory.resolve("store"));
    }

    @Test
    void keepsBlobsUnderTheirDigest() throws IOException {
        Blob blob = store.put("abc".getBytes(UTF_8));

        assertThat(blob.digest())
                .hasToString("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(blob.size()).isEqualTo(3);
        assertThat(store.root().resolve("blobs/sha256").resolve(blob.digest().hex()))
                .hasContent("abc");
        assertThat(store.contains(blob)).isTrue();
    }

    @Test
    void findsAnAlteredBlobAndRemovesIt() throws IOException {
        Blob blob = store.put("the original".getBytes(UTF_8));
        Files.writeString(store.path(blob.digest()), "the 0riginal");

        assertThatThrownBy(() -> store.readAllBytes(blob.digest()))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining(blob.digest().toString())
                .hasMessageContaining("its digest is now")
                .extracting(failure -> ((BuildException) failure).kind())
                .isEqualTo(BuildException.Kind.VERIFICATION);
        assertThat(store.contains(blob.digest())).isFalse();
    }

    @Test
    void findsAnAlteredBlobThatIsSkippedRatherThanRead() throws IOException {
        Blob blob = store.put(new byte[200_000]);
        byte[] altered = new byte[200_000];
        altered[100_000] = 1;
        Files.write(store.path(blob.digest()), altered);

        assertThatThrownBy(() -> {
                    try (InputStream in = store.read(blob.digest())) {
                        in.skipNBytes(200_000);
                        in.read();
                    }
                })
                .isInstanceOf(BuildException.class);
    }

    @Test
    void aTruncatedBlobDoesNotCount() throws IOException {
        Blob blob = store.put("whole".getBytes(UTF_8));
        Files.writeString(store.path(blob.digest()), "who");

        assertThat(store.contains(blob)).isFalse();
        assertThat(store.put("whole".getBytes(UTF_8))).isEqualTo(blob);
        assertThat(store.readAllBytes(blob.digest())).asString(UTF_8).isEqualTo("whole");
    }

    @Test
    void leavesNothingBehindWhenAWriterFails() throws IOException {
        assertThatThrownBy(() -> store.write(out -> {
                    out.write(1);
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("No space left on device")
                .extracting(failure -> ((BuildException) failure).kind())
                .isEqualTo(BuildException.Kind.UNAVAILABLE);

        try (Stream<Path> files = Files.walk(store.root()).filter(Files::isRegularFile)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void remembersTheResultOfAStepByItsInputs() {
        StepKey key = StepKey.of("layer", 1).with("package", "sha256:1").withAll("globs", List.of("a", "b"));
        store.remember(key, "result");

        assertThat(store.recall(
                        StepKey.of("layer", 1).with("package", "sha256:1").withAll("globs", List.of("a", "b"))))
                .contains("result");
        assertThat(store.recall(
                        StepKey.of("layer", 2).with("package", "sha256:1").withAll("globs", List.of("a", "b"))))
                .isEmpty();
        assertThat(store.recall(
                        StepKey.of("layer", 1).with("package", "sha256:1").withAll("globs", List.of("a b"))))
                .isEmpty();
    }

    @Test
    void keysDifferWhenValuesContainWhatSeparatesThem() {
        store.remember(StepKey.of("s", 1).with("a", "1\nb 1 2"), "one value");

        assertThat(store.recall(StepKey.of("s", 1).with("a", "1").with("b", "2")))
                .isEmpty();
    }

    @Test
    void removesAScratchDirectoryWithAllItHolds() throws IOException {
        Path path;
        try (Scratch scratch = store.scratch()) {
            path = scratch.path();
            Files.createDirectories(path.resolve("a/b"));
            Files.writeString(path.resolve("a/b/c"), "x");
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void aStoreThatCannotBeMadeIsNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");

        assertThatThrownBy(() -> Store.open(file.resolve("store")))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void rejectsDigestsOfOtherAlgorithmsAndShapes() {
        assertThatThrownBy(() -> Digest.parse("md5:0")).isInstanceOf(BuildException.class);
        assertThatThrownBy(() -> Digest.parse("sha256:../../etc/passwd")).isInstanceOf(BuildException.class);
        assertThatThrownBy(() -> new Digest("A".repeat(64))).isInstanceOf(BuildException.class);
    }
}
