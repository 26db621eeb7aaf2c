package dev.osie.build.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.oci.Image;
import dev.osie.build.oci.Layout;
import dev.osie.build.store.Blob;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PruningTest {
    private static final Duration LONG = Duration.ofDays(40);
    private static final Duration MONTH = Duration.ofDays(30);

    @TempDir
    Path directory;

    private StoreFixture fixture;
    private Store store;

    @BeforeEach
    void open() {
        fixture = new StoreFixture(directory.resolve("store"));
        store = fixture.store();
    }

    @Test
    void removesWhatWasNotUsedForLong() {
        Blob old = fixture.deb("old");
        fixture.age(LONG);
        Blob recent = fixture.deb("recent");

        prune(MONTH);

        assertThat(fixture.blobs()).containsExactly(recent.digest());
        assertThat(store.contains(old)).isFalse();
    }

    @Test
    void whatALookFoundIsOfUse() {
        Blob old = fixture.deb("old");
        fixture.age(LONG);
        assertThat(store.contains(old)).isTrue();

        prune(MONTH);

        assertThat(store.contains(old)).isTrue();
    }

    @Test
    void keepsWhatARecentStepMade() {
        Blob made = fixture.text("made");
        Blob other = fixture.text("other");
        store.remember(StepKey.of("step", 1), made.digest() + " " + made.size());
        fixture.age(made, LONG);
        fixture.age(other, LONG);

        prune(MONTH);

        assertThat(fixture.blobs()).containsExactly(made.digest());
        assertThat(store.recall(StepKey.of("step", 1))).isPresent();
    }

    @Test
    void keepsImagesThatSomebodyNamed() {
        Image image = fixture.image("lab/tool:1", fixture.layer("tool"));
        Blob loose = fixture.layer("loose");
        fixture.age(LONG);

        prune(MONTH);
        pruneTo(0);

        assertThat(new Layout(store).find(image.name())).contains(image);
        assertThat(store.contains(loose)).isFalse();
    }

    @Test
    void aPulledImageGoesWithItsNameWhenNobodyUsesIt() {
        Image image = fixture.image("registry.lab/tool:" + "a".repeat(64), fixture.layer("tool"));
        fixture.age(LONG);

        prune(MONTH);

        assertThat(fixture.blobs()).isEmpty();
        assertThat(new Layout(store).find(image.name())).isEmpty();
    }

    @Test
    void aPulledImageThatIsOfUseStaysWhole() {
        Image image = fixture.image("registry.lab/tool:" + "a".repeat(64), fixture.layer("tool"));
        fixture.age(LONG);
        assertThat(store.contains(image.manifest())).isTrue();

        prune(MONTH);

        assertThat(new Layout(store).find(image.name())).contains(image);
    }

    @Test
    void removesTheOldestUntilTheRestFits() {
        Blob oldest = fixture.text("a".repeat(1000));
        Blob older = fixture.text("b".repeat(1000));
        Blob youngest = fixture.text("c".repeat(1000));
        fixture.age(oldest, Duration.ofDays(3));
        fixture.age(older, Duration.ofDays(2));
        fixture.age(youngest, Duration.ofDays(1));

        pruneTo(2500);
        assertThat(fixture.blobs()).containsExactlyInAnyOrder(older.digest(), youngest.digest());

        pruneTo(1999);
        assertThat(fixture.blobs()).containsExactly(youngest.digest());
    }

    @Test
    void leavesNoRecordOfWhatIsGone() {
        Blob made = fixture.text("a".repeat(1000));
        store.remember(StepKey.of("step", 1), made.digest() + " " + made.size());

        pruneTo(500);

        assertThat(store.contents().records()).isEmpty();
    }

    @Test
    void removesDamagedRecordsAndWhatKilledBuildsLeft() throws IOException {
        store.remember(StepKey.of("step", 1), "result");
        Path tmp = store.root().resolve("tmp");
        Files.writeString(tmp.resolve("blob-1"), "half");
        Files.createDirectories(tmp.resolve("dir-1/a"));
        Files.writeString(tmp.resolve("dir-1/a/b"), "c");
        fixture.flip(store.contents().records().get(0).file());

        prune(MONTH);

        assertThat(store.contents().records()).isEmpty();
        assertThat(tmp).isEmptyDirectory();
    }

    @Test
    void choosingRemovesNothing() {
        fixture.deb("old");
        fixture.age(LONG);

        Pruning pruning = new Pruning(store);
        pruning.chooseUnusedSince(Instant.now().minus(MONTH));

        assertThat(pruning.chosen().files()).isEqualTo(1);
        assertThat(pruning.remaining()).isZero();
        assertThat(fixture.blobs()).hasSize(1);
    }

    @Test
    void lookingIsNoUse() {
        fixture.image("registry.lab/tool:" + "a".repeat(64), fixture.layer("tool"));
        fixture.age(LONG);

        Inventory.of(store);
        Verification.of(store, dev.osie.build.progress.Progress.SILENT);
        new Pruning(store).chooseUnusedSince(Instant.now().minus(MONTH));

        Instant then = Instant.now().minus(MONTH);
        assertThat(store.contents().blobs()).allMatch(blob -> blob.lastUse().isBefore(then));
    }

    private void prune(Duration age) {
        Pruning pruning = new Pruning(store);
        pruning.chooseUnusedSince(Instant.now().minus(age));
        pruning.remove();
    }

    private void pruneTo(long bytes) {
        Pruning pruning = new Pruning(store);
        pruning.chooseDownTo(bytes);
        pruning.remove();
    }
}
