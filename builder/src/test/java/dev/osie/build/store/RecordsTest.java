package dev.osie.build.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a step left is believed only when it is whole and under its own key. */
class RecordsTest {
    private static final StepKey KEY = StepKey.of("layer", 1).with("package", "kmod");

    @TempDir
    Path directory;

    private Store store;

    @BeforeEach
    void openStore() {
        store = Store.open(directory.resolve("store"));
    }

    @Test
    void aFlipOfAnyBitMakesARecordCountForNothing() throws IOException {
        store.remember(KEY, "sha256:ab 17\n");
        Path file = onlyRecord();
        byte[] whole = Files.readAllBytes(file);

        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, flipped);

            assertThat(store.recall(KEY)).as("bit %d", bit).isEmpty();
            assertThat(file).doesNotExist();
        }
    }

    @Test
    void aRecordThatWasCutOffCountsForNothing() throws IOException {
        store.remember(KEY, "sha256:ab 17\n");
        Path file = onlyRecord();
        byte[] whole = Files.readAllBytes(file);

        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));

            assertThat(store.recall(KEY)).as("%d bytes", length).isEmpty();
        }
    }

    @Test
    void aRecordUnderTheKeyOfAnotherStepCountsForNothing() throws IOException {
        store.remember(KEY, "the result of one");
        Path one = onlyRecord();
        StepKey otherKey = StepKey.of("layer", 1).with("package", "udev");
        store.remember(otherKey, "the result of the other");
        Path other = store.contents().records().stream()
                .map(Contents.Item::file)
                .filter(file -> !file.equals(one))
                .findFirst()
                .orElseThrow();
        Files.copy(one, other, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertThat(store.recall(otherKey)).isEmpty();
        assertThat(store.recall(KEY)).contains("the result of one");
    }

    @Test
    void anEmptyResultIsAResult() {
        store.remember(KEY, "");

        assertThat(store.recall(KEY)).contains("");
    }

    @Test
    void namesTheBlobsOfItsResult() {
        Digest one = Digest.ofText("1");
        Digest other = Digest.ofText("2");
        String sha512 = "0".repeat(128);
        store.remember(KEY, "none " + one.hex() + " 17\n" + other + " 18\n" + sha512 + "  vmlinuz");

        assertThat(store.contents().named(store.contents().records().get(0)))
                .contains(new TreeSet<>(List.of(one, other)));
    }

    @Test
    void theTimeOfLastUseFollowsUse() throws IOException {
        Blob blob = store.put(new byte[] {1});
        store.remember(KEY, "result");
        Instant longAgo = Instant.now().minus(Duration.ofDays(9));
        Files.setLastModifiedTime(store.path(blob.digest()), FileTime.from(longAgo));
        Files.setLastModifiedTime(onlyRecord(), FileTime.from(longAgo));

        assertThat(store.contains(blob)).isTrue();
        assertThat(store.recall(KEY)).isPresent();

        Instant recently = Instant.now().minus(Contents.PRECISION);
        assertThat(store.contents().blobs()).allMatch(item -> item.lastUse().isAfter(recently));
        assertThat(store.contents().records()).allMatch(item -> item.lastUse().isAfter(recently));
    }

    private Path onlyRecord() {
        List<Contents.Item> records = store.contents().records();
        assertThat(records).hasSize(1);
        return records.get(0).file();
    }
}
