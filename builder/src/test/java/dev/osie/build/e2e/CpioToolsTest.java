package dev.osie.build.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.initramfs.Compression;
import dev.osie.build.initramfs.Initramfs;
import dev.osie.build.initramfs.Packer;
import dev.osie.build.initramfs.Segment;
import dev.osie.build.initramfs.Unit;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GNU cpio and zstd understand our segments as we mean them. */
@Tag("tools")
final class CpioToolsTest {
    private static final long MTIME = 1_700_000_000L;

    @TempDir
    private Path directory;

    private Store store;

    @BeforeEach
    void openStore() {
        store = Store.open(directory.resolve("store"));
    }

    private static Tree tree() {
        return new Tree.Builder()
                .put("bin/tool", file(04755, "tool".repeat(5000)))
                .put("bin/same-tool", new Node.HardLink("bin/tool"))
                .put("bin/link", new Node.Symlink(Attributes.root(0777, MTIME), "tool"))
                .put("dev/pipe", new Node.Fifo(Attributes.root(0600, MTIME)))
                .put("etc/empty", file(0644, ""))
                .put("etc/größe", file(0640, "umlaut"))
                .put("tmp", new Node.Directory(Attributes.root(01777, MTIME)))
                .build(MTIME);
    }

    private static Node file(int mode, String text) {
        return new Node.RegularFile(Attributes.root(mode, MTIME), Content.of(text));
    }

    private Path pack(Unit... units) throws IOException {
        List<Segment> segments = new Packer(store, Progress.SILENT, Compression.ZSTD_3, MTIME, 2).pack(List.of(units));
        Path file = directory.resolve("initramfs");
        try (OutputStream out = Files.newOutputStream(file)) {
            new Initramfs(segments).writeTo(out, store);
        }
        return file;
    }

    private static Unit unit() {
        return Unit.of("unit", Digest.ofText("unit"), CpioToolsTest::tree).at("", "containers/layers/0123456789abcdef");
    }

    private String shell(String script, Path... arguments) throws InterruptedException {
        HostTool.require("cpio", "cpio");
        HostTool.require("zstd", "zstd");
        String[] command = new String[3 + arguments.length];
        command[0] = "-ec";
        command[1] = script;
        command[2] = "sh";
        for (int i = 0; i < arguments.length; i++) {
            command[3 + i] = arguments[i].toString();
        }
        return HostTool.require("sh", "dash").run(command);
    }

    @Test
    void cpioListsWhatWasPacked() throws Exception {
        String listing = shell("cpio -it --quiet < \"$1\"", pack(unit().uncompressed()));
        assertThat(listing.lines())
                .contains(".", "bin", "bin/tool", "etc/größe", "containers/layers/0123456789abcdef/bin/tool")
                .hasSize(1 + 2 * 10 + 3);
    }

    @Test
    void cpioUnpacksContentsLinksModesAndTimes() throws Exception {
        Path out = Files.createDirectory(directory.resolve("out"));
        shell("cd \"$2\" && zstd -dcq \"$1\" | cpio -idm --quiet --no-preserve-owner", pack(unit()), out);
        Path layer = out.resolve("containers/layers/0123456789abcdef");
        assertThat(out.resolve("bin/tool")).hasContent("tool".repeat(5000));
        for (String name : List.of("bin/same-tool", "containers/layers/0123456789abcdef/bin/tool")) {
            assertThat(Files.getAttribute(out.resolve(name), "unix:ino"))
                    .as(name)
                    .isEqualTo(Files.getAttribute(out.resolve("bin/tool"), "unix:ino"));
        }
        assertThat(Files.getAttribute(out.resolve("bin/tool"), "unix:nlink")).isEqualTo(4);
        assertThat(layer.resolve("bin/link")).isSymbolicLink();
        assertThat(layer.resolve("etc/empty")).isEmptyFile();
        assertThat((int) Files.getAttribute(out.resolve("tmp"), "unix:mode") & 07777)
                .isEqualTo(01777);
        assertThat((int) Files.getAttribute(out.resolve("etc/größe"), "unix:mode") & 07777)
                .isEqualTo(0640);
        assertThat(Files.getLastModifiedTime(out.resolve("etc/größe"))
                        .toInstant()
                        .getEpochSecond())
                .isEqualTo(MTIME);
    }

    @Test
    void zstdFindsAFrameForEachSegmentIntact() throws Exception {
        Path initramfs = pack(
                unit(),
                Unit.of("second", Digest.ofText("second"), CpioToolsTest::tree).at("second"));
        shell("zstd -tq \"$1\"", initramfs);
        assertThat(shell("zstd -lv \"$1\"", initramfs)).contains("Check: XXH64").contains("Frames: 2");
    }
}
