package dev.osie.build.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.debian.Archive;
import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.DebianVersion;
import dev.osie.build.failure.BuildException;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import dev.osie.build.yaml.Position;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirmwareBuilderTest {
    private static final long EPOCH = DebFixture.MTIME - 1000;
    private static final Position PLACE = new Position("lab.yaml", 3, 5);

    @TempDir
    private Path directory;

    private Store store;

    @BeforeEach
    void openStore() {
        store = Store.open(directory);
    }

    @Test
    void takesWhatModulesMayAskForAndNoMore() throws IOException {
        BinaryPackage one = deb("one", "usr/lib/firmware/bnx2/a.fw", "usr/lib/firmware/bnx2/other.fw");
        BinaryPackage two =
                deb("two", "lib/firmware/tg3.bin.xz", "lib/firmware/brcm/x-1.bin", "lib/firmware/bnx2/a.fw");

        Firmware firmware = build(
                List.of(one, two), module("bnx2", "bnx2/a.fw"), module("tg3", "tg3.bin"), module("wl", "brcm/x*.bin"));

        Tree tree = tree(firmware);
        assertThat(tree.nodes().keySet())
                .filteredOn(path -> tree.get(path).orElseThrow() instanceof Node.RegularFile)
                .containsExactly(
                        "usr/lib/firmware/bnx2/a.fw", "usr/lib/firmware/brcm/x-1.bin", "usr/lib/firmware/tg3.bin.xz");
        assertThat(content(tree, "usr/lib/firmware/bnx2/a.fw"))
                .as("of the first package")
                .isEqualTo("one");
        assertThat(firmware.origins())
                .containsEntry("usr/lib/firmware/bnx2/a.fw", "debian:one 1-1 (all): for bnx2")
                .containsEntry("usr/lib/firmware/tg3.bin.xz", "debian:two 1-1 (all): for tg3");
        assertThat(firmware.missing()).isEmpty();
        assertThat(firmware.describe()).isEqualTo("3 files");
    }

    @Test
    void tellsWhichModulesLackFiles() {
        Firmware firmware = build(
                List.of(deb("one", "lib/firmware/a.fw")),
                module("one", "a.fw", "b.fw"),
                module("two", "c*.fw"),
                module("three", "d.fw"));

        assertThat(firmware.missing()).containsOnlyKeys("one", "three", "two").containsEntry("one", List.of("b.fw"));
        assertThat(firmware.describe())
                .isEqualTo("1 file; one, three and 1 more may ask for others, which no package has");
    }

    @Test
    void addsFilesByPattern() {
        BinaryPackage deb =
                deb("one", "lib/firmware/mellanox/1.mfa2", "lib/firmware/mellanox/sub/2.mfa2", "lib/firmware/x");

        Firmware firmware = new FirmwareBuilder(store, EPOCH, Progress.SILENT)
                .build(List.of(deb), List.of(), List.of("mellanox/*"), PLACE);

        assertThat(firmware.origins())
                .containsOnlyKeys("usr/lib/firmware/mellanox/1.mfa2", "usr/lib/firmware/mellanox/sub/2.mfa2");
        assertThatThrownBy(() -> new FirmwareBuilder(store, EPOCH, Progress.SILENT)
                        .build(List.of(deb), List.of(), List.of("melanox/1.mfa2"), PLACE))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("lab.yaml:3:5")
                .hasMessageContaining("did you mean 'mellanox/1.mfa2'?");
    }

    @Test
    void followsLinksAndLeavesOutThoseThatLeadNowhere() throws IOException {
        BinaryPackage deb = deb(new DebFixture()
                .file("usr/lib/firmware/vendor/real.bin", "vendor")
                .link("usr/lib/firmware/qed/by-link.bin", "../alias/other.bin")
                .link("usr/lib/firmware/alias", "vendor2")
                .link("usr/lib/firmware/vendor2/other.bin", "../vendor/real.bin")
                .link("usr/lib/firmware/lost.bin", "nowhere.bin")
                .link("usr/lib/firmware/out.bin", "../../../etc/passwd")
                .link("usr/lib/firmware/loop.bin", "loop.bin"));

        Firmware firmware = build(List.of(deb), module("qed", "qed/by-link.bin", "lost.bin", "out.bin", "loop.bin"));

        Tree tree = tree(firmware);
        assertThat(tree.get("usr/lib/firmware/qed/by-link.bin").orElseThrow())
                .isInstanceOfSatisfying(
                        Node.Symlink.class, link -> assertThat(link.target()).isEqualTo("../vendor/real.bin"));
        assertThat(content(tree, "usr/lib/firmware/vendor/real.bin")).isEqualTo("vendor");
        assertThat(tree.nodes().keySet()).noneMatch(path -> path.matches(".*(lost|out|loop)\\.bin"));
        assertThat(firmware.missing().get("qed")).containsExactly("lost.bin", "out.bin", "loop.bin");
    }

    @Test
    void remembersAndGivesTheSameBytesEverywhere() throws IOException {
        BinaryPackage deb = deb("one", "lib/firmware/a.fw");
        Firmware first = build(List.of(deb), module("m", "a.fw", "b.fw"));
        Files.delete(store.path(deb.deb().digest()));

        assertThat(build(List.of(deb), module("m", "a.fw", "b.fw"))).isEqualTo(first);

        store = Store.open(directory.resolve("elsewhere"));
        assertThat(build(List.of(deb("one", "lib/firmware/a.fw")), module("m", "a.fw", "b.fw")))
                .isEqualTo(first);
    }

    private Firmware build(List<BinaryPackage> packages, SelectedModule... modules) {
        return new FirmwareBuilder(store, EPOCH, Progress.SILENT)
                .build(packages, Arrays.asList(modules), List.of(), PLACE);
    }

    private static SelectedModule module(String name, String... firmware) {
        return new SelectedModule("kernel/" + name + ".ko", "test", List.of(firmware));
    }

    private BinaryPackage deb(String name, String... files) {
        DebFixture fixture = new DebFixture();
        Arrays.stream(files).forEach(file -> fixture.file(file, name));
        return binary(name, fixture);
    }

    private BinaryPackage deb(DebFixture fixture) {
        return binary("linked", fixture);
    }

    private BinaryPackage binary(String name, DebFixture fixture) {
        return new BinaryPackage(
                name,
                new DebianVersion("1-1"),
                "all",
                Archive.DEBIAN,
                "pool/" + name + ".deb",
                store.put(fixture.toBytes()));
    }

    private Tree tree(Firmware firmware) {
        return TarLayer.read(store, firmware.layer().digest()).tree();
    }

    private static String content(Tree tree, String path) throws IOException {
        try (InputStream in =
                ((Node.RegularFile) tree.get(path).orElseThrow()).content().open()) {
            return new String(in.readAllBytes());
        }
    }
}
