package dev.osie.build.assemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.failure.BuildException.Kind;
import dev.osie.build.lock.Selection;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Contents;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds that may not use the network. */
class OfflineTest {
    private static final String COMMAND = "osie-build fetch mini";

    @TempDir
    private Path directory;

    private MiniProject project;
    private Store store;

    @BeforeEach
    void makeProject() throws IOException {
        project = MiniProject.in(directory);
        store = Store.open(directory.resolve("store"));
    }

    @AfterEach
    void stop() {
        project.close();
    }

    @Test
    void buildsTheSameFromWhatWasFetched() throws IOException {
        SortedMap<String, String> online = project.build(project.request(), Store.open(directory.resolve("online")));

        new Procurement(store, Progress.SILENT).fetch(project.request());
        int requests = project.mirror().requests().size();
        assertThat(project.build(offline(), store)).isEqualTo(online);

        assertThat(project.mirror().requests()).hasSize(requests);
    }

    @Test
    void fetchingBringsPackagesAndMakesNothingOfThem() {
        assertThat(new Procurement(store, Progress.SILENT).fetch(project.request()))
                .hasSize(3)
                .allMatch(store::contains);
        assertThat(project.lock()).exists();
        assertThat(store.contents().records()).isEmpty();
    }

    @Test
    void fetchingBringsPackagesOfWhichTheStoreHasTheLayersAlready() throws IOException {
        project.build(project.request(), store);
        Contents.Item deb = store.contents().blobs().stream()
                .filter(blob ->
                        new String(store.contents().start(blob, 8), StandardCharsets.US_ASCII).equals("!<arch>\n"))
                .findFirst()
                .orElseThrow();
        deb.remove();

        new Procurement(store, Progress.SILENT).fetch(project.request());

        assertThat(store.contains(deb.digest())).isTrue();
    }

    @Test
    void needsNoPackageWhoseLayerWasMade() throws IOException {
        SortedMap<String, String> online = project.build(project.request(), store);
        store.contents().blobs().stream()
                .filter(blob ->
                        new String(store.contents().start(blob, 8), StandardCharsets.US_ASCII).equals("!<arch>\n"))
                .forEach(Contents.Item::remove);

        assertThat(project.build(offline(), store)).isEqualTo(online);
    }

    @Test
    void tellsAllThatIsMissingAtOnceAndHowToGetIt() throws IOException {
        lock(Store.open(directory.resolve("other")), project.request());
        project.write(
                "project/linuxkit-templates/flavors/mini.yaml",
                Files.readString(directory.resolve("project/linuxkit-templates/flavors/mini.yaml"))
                        .replace("osie:\n", "osie:\n  embed: [registry.example/x@sha256:" + "a".repeat(64) + "]\n"));
        int requests = project.mirror().requests().size();

        assertMissing(
                () -> project.build(offline(), store),
                "the package linux-image-mini 6.12.1-1 (amd64)",
                "the package shared 1.0 (amd64)",
                "the package tool 2.0 (amd64)",
                "the image registry.example/x@sha256:" + "a".repeat(64));
        assertMissing(
                () -> new Procurement(store, Progress.SILENT).fetch(offline()),
                "the package shared 1.0 (amd64)",
                "the image registry.example/x@sha256:");
        assertThat(project.mirror().requests()).hasSize(requests);
    }

    @Test
    void withoutALockTheStoresSignedIndexesAreResolved() throws IOException {
        new Procurement(store, Progress.SILENT).fetch(project.request());
        String online = Files.readString(project.lock());
        Files.delete(project.lock());
        int requests = project.mirror().requests().size();

        lock(store, offline());

        assertThat(project.lock()).hasContent(online);
        assertThat(project.mirror().requests()).hasSize(requests);
    }

    @Test
    void withoutALockAndWithoutIndexesItSaysSo() {
        assertMissing(
                () -> project.build(offline(), store),
                "There is no lock yet",
                "the signed index of trixie\n",
                "the signed index of trixie-security");
        assertThat(project.lock()).doesNotExist();
    }

    @Test
    void anIndexThatWasAlteredInTheStoreIsNotResolved() throws IOException {
        new Procurement(store, Progress.SILENT).fetch(project.request());
        Files.delete(project.lock());
        for (String start : new String[] {"-----BEGIN PGP", "\u00fd7zXZ"}) {
            Store altered = Store.open(directory.resolve("altered" + start.length()));
            for (Contents.Item blob : store.contents().blobs()) {
                byte[] content = Files.readAllBytes(blob.file());
                if (new String(content, StandardCharsets.ISO_8859_1).startsWith(start)) {
                    content[content.length / 2] ^= 1;
                }
                Files.write(altered.path(blob.digest()), content);
            }

            assertThatThrownBy(() -> project.build(offline(), altered))
                    .isInstanceOfSatisfying(
                            BuildException.class, e -> assertThat(e.kind()).isEqualTo(Kind.VERIFICATION))
                    .hasMessageContaining("altered");
            assertThat(project.lock()).doesNotExist();
        }
    }

    @Test
    void makesTheImageOfARecipeOrSaysWhatItLacks() {
        BuildRequest flavor = project.request();
        new Procurement(store, Progress.SILENT).fetch(flavor);
        RecipeRequest request = new RecipeRequest(
                flavor.project(),
                List.of("tool"),
                flavor.architecture(),
                Optional.of(project.lock()),
                flavor.debian(),
                flavor.registries(),
                Optional.empty(),
                Optional.of(COMMAND));
        int requests = project.mirror().requests().size();

        assertThat(new RecipeImages(store, Progress.SILENT).build(request)).containsOnlyKeys("tool");
        assertMissing(
                () -> new RecipeImages(Store.open(directory.resolve("empty")), Progress.SILENT).build(request),
                "the package tool 2.0 (amd64)");
        assertThat(project.mirror().requests()).hasSize(requests);
    }

    private BuildRequest offline() {
        return project.request().offline(COMMAND);
    }

    private static void assertMissing(ThrowingCallable work, String... items) {
        assertThatThrownBy(work).isInstanceOfSatisfying(BuildException.class, e -> {
            assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE);
            assertThat(e.hint())
                    .hasValueSatisfying(
                            hint -> assertThat(hint).contains(COMMAND).contains("cache export"));
            assertThat(e.getMessage() + "\n").contains(items);
        });
    }

    private static void lock(Store store, BuildRequest request) {
        new Locks(store, Progress.SILENT, List.of(request), List.of()).update(Selection.EVERYTHING, false);
    }
}
