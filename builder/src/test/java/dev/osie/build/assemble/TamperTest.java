package dev.osie.build.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.failure.BuildException;
import dev.osie.build.failure.BuildException.Kind;
import dev.osie.build.store.Contents;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is altered in the store or in the lock: a build notices, or does without it. It never gives other bytes. */
class TamperTest {
    private static final int MOST_REFUSED = 100;

    @TempDir
    private Path directory;

    private MiniProject project;
    private Store store;
    private SortedMap<String, String> expected;

    @BeforeEach
    void buildOnce() throws IOException {
        project = MiniProject.in(directory);
        store = Store.open(directory.resolve("store"));
        expected = project.build(project.request(), store);
        assertThat(expected).containsKeys("vmlinuz-x86_64", "initramfs-x86_64", "manifest.json");
    }

    @AfterEach
    void stop() {
        project.close();
    }

    @Test
    void blobsThatABuildFindsMade() throws IOException {
        store.contents().blobs().forEach(TamperTest::flip);

        assertThat(buildsUntilRight()).as("builds that noticed an altered blob").isPositive();
    }

    @Test
    void blobsThatLayersAndSegmentsAreMadeOf() throws IOException {
        store.contents().records().forEach(Contents.Item::remove);
        store.contents().blobs().forEach(TamperTest::flip);

        assertThat(buildsUntilRight())
                .as("three packages and a file of a recipe")
                .isGreaterThanOrEqualTo(4);
    }

    @Test
    void recordsOfSteps() throws IOException {
        store.contents().records().forEach(TamperTest::flip);

        assertThat(buildsUntilRight()).isZero();
    }

    @Test
    void recordsThatWereCutOffToNothing() throws IOException {
        for (Contents.Item step : store.contents().records()) {
            Files.write(step.file(), new byte[0]);
        }

        assertThat(buildsUntilRight()).isZero();
    }

    /** Builds again and again while altered blobs are noticed, each of which is gone then; the bytes must be right in the end. */
    private int buildsUntilRight() throws IOException {
        for (int refused = 0; ; refused++) {
            try {
                assertThat(project.build(project.request(), store)).isEqualTo(expected);
                return refused;
            } catch (BuildException e) {
                assertThat(e.kind()).as(e.getMessage()).isEqualTo(Kind.VERIFICATION);
                assertThat(e).hasMessageContaining("altered");
                assertThat(refused).as("builds that were refused").isLessThan(MOST_REFUSED);
            }
        }
    }

    /** Changes one bit in the middle: neither the size of a file nor its beginning tells. */
    private static void flip(Contents.Item item) {
        try {
            byte[] content = Files.readAllBytes(item.file());
            if (content.length > 0) {
                content[content.length / 2] ^= 1;
                Files.write(item.file(), content);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
