package dev.osie.build.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.failure.BuildException.Kind;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.Layout;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store's content on its way to another store, and what somebody could do to it there. */
class StoreArchiveTest {
    private static final String EMPTY_INDEX = "{\"manifests\":[],\"schemaVersion\":2}";

    @TempDir
    Path directory;

    private StoreFixture from;
    private StoreFixture to;

    @BeforeEach
    void open() {
        from = new StoreFixture(directory.resolve("from"));
        to = new StoreFixture(directory.resolve("to"));
    }

    @Test
    void bringsPackagesAndNamedImagesToAnotherStore() throws IOException {
        Blob deb = from.deb("kmod");
        Image image = from.image("lab/tool:1", from.layer("tool"));
        Blob segment = from.text("070701 a segment");
        from.store().remember(StepKey.of("step", 1), segment.digest().toString());

        StoreImport.Brought brought = read(all());

        assertThat(brought.count()).isEqualTo(4);
        assertThat(brought.added()).isEqualTo(4);
        assertThat(to.store().contains(deb)).isTrue();
        assertThat(new Layout(to.store()).find(image.name())).contains(image);
        assertThat(to.store().contains(segment))
                .as("results of steps stay behind")
                .isFalse();
        assertThat(to.store().contents().records()).isEmpty();
    }

    @Test
    void equalContentGivesEqualBytesWhicheverWayItCame() throws IOException {
        from.deb("kmod");
        from.image("lab/a:1", from.layer("a"));
        from.image("lab/b:1", from.layer("b"));
        to.image("lab/b:1", to.layer("b"));
        byte[] archive = all();

        read(archive);

        assertThat(write(StoreExport.ofAll(to.store()))).isEqualTo(archive).isEqualTo(all());
    }

    @Test
    void aSelectionHasTheNamesOfImagesThatAreWhollyInIt() throws IOException {
        Blob deb = from.deb("kmod");
        Blob layer = from.layer("a");
        Image image = from.image("lab/a:1", layer);
        from.image("lab/b:1", from.layer("b"));
        Digest config = dev.osie.build.oci.Manifest.read(from.store().readAllBytes(image.manifest()))
                .config()
                .digest();

        read(write(new StoreExport(from.store(), new TreeSet<>(List.of(deb.digest(), layer.digest(), config)))));

        assertThat(to.blobs()).isEqualTo(Set.of(deb.digest(), layer.digest(), config, image.manifest()));
        assertThat(new Layout(to.store()).entries())
                .singleElement()
                .satisfies(name -> assertThat(name.name()).isEqualTo("lab/a:1"));
    }

    @Test
    void isAnImageLayoutForOtherTools() throws IOException {
        from.image("lab/tool:1", from.layer("tool"));

        List<String> names = new java.util.ArrayList<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(all()))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                names.add(entry.getName());
                if (entry.getName().startsWith("blobs")) {
                    assertThat(entry.getName())
                            .endsWith("/" + Digest.of(tar.readAllBytes()).hex());
                }
            }
        }
        assertThat(names).isSorted().contains("index.json", "oci-layout").hasSize(5);
    }

    @Test
    void heals() throws IOException {
        Blob deb = from.deb("kmod");
        byte[] archive = all();
        read(archive);
        to.flip(to.store().path(deb.digest()));

        assertThat(read(archive).added()).isEqualTo(1);

        assertThat(to.store().readAllBytes(deb.digest())).asString(UTF_8).contains("kmod");
    }

    @Test
    void anAlteredBlobIsNotExported() throws IOException {
        from.flip(from.store().path(from.deb("kmod").digest()));

        assertThatThrownBy(this::all)
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(Kind.VERIFICATION));
    }

    @Test
    void aFlipAnywhereInAnArchiveBringsNothingWrong() throws IOException {
        from.deb("kmod");
        Image image = from.image("lab/tool:1", from.layer("tool"));
        byte[] archive = all();

        for (int i = 0; i < archive.length; i += 97) {
            byte[] altered = archive.clone();
            altered[i] ^= 1;
            to = new StoreFixture(directory.resolve("to" + i));
            try {
                read(altered);
                // What was altered may be the property that the name stands in.
                assertThat(new Layout(to.store()).find(image.name())).isIn(Optional.of(image), Optional.empty());
            } catch (BuildException e) {
                assertThat(e.kind()).as(e.getMessage()).isIn(Kind.VERIFICATION, Kind.BAD_INPUT);
                assertThat(new Layout(to.store()).entries()).isEmpty();
            }
            to.store()
                    .contents()
                    .blobs()
                    .forEach(blob ->
                            assertThat(to.store().contents().isWhole(blob)).isTrue());
            assertThat(to.store().contents().leftovers()).isEmpty();
        }
    }

    @Test
    void anArchiveThatEndsTooEarlyGivesNoNames() throws IOException {
        from.image("lab/tool:1", from.layer("tool"));
        byte[] archive = all();

        for (int length = 0; length < archive.length - 1024; length += 500) {
            byte[] cut = Arrays.copyOf(archive, length);
            assertRefused(cut, Kind.BAD_INPUT, "ends too early");
        }
        assertThat(new Layout(to.store()).entries()).isEmpty();
    }

    @Test
    void aBlobUnderTheDigestOfAnother() throws IOException {
        String path = "blobs/sha256/" + Digest.ofText("the real one").hex();

        assertRefused(
                archive(file(path, "another"), file("index.json", EMPTY_INDEX)), Kind.VERIFICATION, "was altered");
        assertThat(to.blobs()).isEmpty();
    }

    @Test
    void entriesThatLeaveTheStoreOrAreNoFiles() throws IOException {
        String hex = Digest.ofText("x").hex();
        for (String path : List.of(
                "../evil",
                "/etc/passwd",
                "blobs/sha256/../../../evil",
                "blobs/sha256/" + hex + "/x",
                "blobs/sha512/" + hex,
                "steps/" + hex,
                "lease")) {
            assertRefused(archive(file(path, "x")), Kind.BAD_INPUT, "has an entry '" + path);
        }
        for (byte type : new byte[] {
            TarConstants.LF_SYMLINK, TarConstants.LF_LINK, TarConstants.LF_CHR, TarConstants.LF_GNUTYPE_SPARSE,
        }) {
            TarArchiveEntry entry = new TarArchiveEntry("blobs/sha256/" + hex, type);
            entry.setLinkName("/etc/passwd");
            assertRefused(
                    archive(new Member(entry, new byte[0])), Kind.BAD_INPUT, "neither a plain file nor a directory");
        }
        assertRefused(archive(file("blobs/sha256/" + "x".repeat(200), "x")), Kind.BAD_INPUT, "archive");
        assertThat(to.blobs()).isEmpty();
    }

    @Test
    void aHugeIndexIsNotRead() throws IOException {
        byte[] header = Arrays.copyOf(archive(file("index.json", "")), 512);
        TarArchiveEntry entry = new TarArchiveEntry("index.json");
        entry.setSize(5L << 30);
        entry.writeEntryHeader(header);

        assertRefused(header, Kind.BAD_INPUT, "index.json has 5368709120 bytes");
    }

    @Test
    void anArchiveWithoutIndexOrOfSomethingElse() throws IOException {
        assertRefused(archive(), Kind.BAD_INPUT, "no index.json");
        assertRefused(archive(file("index.json", "[]")), Kind.BAD_INPUT, "index.json cannot be read");
        assertRefused("PK not a tar archive".repeat(100).getBytes(UTF_8), Kind.BAD_INPUT, "header");
    }

    @Test
    void aNameOfAnImageThatIsNotInTheArchive() throws IOException {
        String index = "{\"manifests\":[{\"annotations\":{\"org.opencontainers.image.ref.name\":\"lab/tool:1\"},"
                + "\"digest\":\"" + Digest.ofText("x") + "\",\"size\":1}]}";

        assertThatThrownBy(() -> read(archive(file("index.json", index)))).isInstanceOf(BuildException.class);
        assertThat(new Layout(to.store()).entries()).isEmpty();
    }

    @Test
    void aNameThatTheStoreHasKeepsItsMeaning() throws IOException {
        from.image("lab/tool:1", from.layer("theirs"));
        Image ours = to.image("lab/tool:1", to.layer("ours"));

        assertThat(read(all()).refusedNames()).containsExactly("lab/tool:1");

        assertThat(new Layout(to.store()).find(ours.name())).contains(ours);
    }

    private byte[] all() throws IOException {
        return write(StoreExport.ofAll(from.store()));
    }

    private static byte[] write(StoreExport export) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        export.writeTo(out, Progress.SILENT.start("export", 0));
        return out.toByteArray();
    }

    private StoreImport.Brought read(byte[] archive) {
        Store store = to.store();
        return StoreImport.read(new ByteArrayInputStream(archive), store, Progress.SILENT.start("import", 0));
    }

    private void assertRefused(byte[] archive, Kind kind, String reason) {
        assertThatThrownBy(() -> read(archive))
                .isInstanceOfSatisfying(
                        BuildException.class,
                        e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind))
                .hasMessageContaining(reason);
    }

    private record Member(TarArchiveEntry entry, byte[] content) {}

    private static Member file(String path, String content) {
        TarArchiveEntry entry = new TarArchiveEntry(path, true);
        entry.setSize(content.getBytes(UTF_8).length);
        return new Member(entry, content.getBytes(UTF_8));
    }

    private static byte[] archive(Member... members) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            for (Member member : members) {
                tar.putArchiveEntry(member.entry());
                tar.write(member.content());
                tar.closeArchiveEntry();
            }
        }
        return out.toByteArray();
    }
}
