package dev.osie.build.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.oci.Image;
import dev.osie.build.oci.Layout;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerificationTest {
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
    void aWholeStoreHasNoDamage() {
        fixture.image("lab/tool:1", fixture.layer("tool"));
        fixture.deb("kmod");
        store.remember(StepKey.of("step", 1), "result");

        Verification verification = Verification.of(store, Progress.SILENT);

        assertThat(verification.damage()).isEmpty();
        assertThat(verification.blobs()).isEqualTo(4);
    }

    @Test
    void namesAndRemovesWhatWasAltered() throws IOException {
        Blob whole = fixture.deb("whole");
        Blob flipped = fixture.deb("flipped");
        Blob cut = fixture.deb("cut off");
        store.remember(StepKey.of("step", 1), "result");
        fixture.flip(store.path(flipped.digest()));
        Files.writeString(store.path(cut.digest()), "!<arch>\ndebian-binary");
        fixture.flip(store.contents().records().get(0).file());

        Verification verification = Verification.of(store, Progress.SILENT);

        assertThat(verification.damage())
                .hasSize(3)
                .anyMatch(line -> line.startsWith("the record of a step "))
                .contains(
                        "a blob (Debian packages) " + flipped.digest().hex(),
                        "a blob (Debian packages) " + cut.digest().hex());
        assertThat(fixture.blobs()).containsExactly(whole.digest());
        assertThat(Verification.of(store, Progress.SILENT).damage()).isEmpty();
    }

    @Test
    void anImageThatLostALayerLosesItsName() throws IOException {
        Blob layer = fixture.layer("tool");
        Image image = fixture.image("lab/tool:1", layer);
        Image other = fixture.image("lab/other:1", fixture.layer("other"));
        fixture.flip(store.path(layer.digest()));

        assertThat(Verification.of(store, Progress.SILENT).damage())
                .containsExactly(
                        "a blob (layers of images) " + layer.digest().hex(),
                        "the name 'lab/tool:1', whose image isn't whole");
        assertThat(new Layout(store).find(image.name())).isEmpty();
        assertThat(new Layout(store).find(other.name())).contains(other);
    }

    @Test
    void namesThatWereAlteredAreAllForgotten() throws IOException {
        Image image = fixture.image("lab/tool:1", fixture.layer("tool"));
        Path index = store.root().resolve("index.json");
        Files.writeString(index, Files.readString(index).replace("lab/tool:1", "lab/tool:2"));

        assertThat(Verification.of(store, Progress.SILENT).damage())
                .singleElement()
                .asString()
                .startsWith("the names of all images");
        assertThat(new Layout(store).entries()).isEmpty();
        assertThat(store.contains(image.manifest())).isTrue();
    }
}
