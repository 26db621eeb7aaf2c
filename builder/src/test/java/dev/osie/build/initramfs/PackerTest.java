package dev.osie.build.initramfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Units become segments, and the kernel makes of the segments what laying the units over each other means. */
class PackerTest {
    private static final long LATEST = 1_700_000_000L;
    private static final String LAYER = "containers/layers/0123456789abcdef";

    @TempDir
    private Path directory;

    private Store store;

    @BeforeEach
    void openStore() {
        store = Store.open(directory.resolve("store"));
    }

    private static Tree tree(Consumer<Tree.Builder> content) {
        Tree.Builder builder = new Tree.Builder();
        content.accept(builder);
        return builder.build(LATEST);
    }

    private static Unit unit(String name, Consumer<Tree.Builder> content) {
        return Unit.of(name, Digest.ofText(name), () -> tree(content));
    }

    private static Node file(String text) {
        return new Node.RegularFile(Attributes.root(0644, 1_600_000_000L), Content.of(text));
    }

    private static Node link(String target) {
        return new Node.Symlink(Attributes.root(0777, 0), target);
    }

    private static Node directory(int mode) {
        return new Node.Directory(Attributes.root(mode, 0));
    }

    private List<Segment> pack(Unit... units) {
        return new Packer(store, Progress.SILENT, Compression.ZSTD_3, LATEST, 2).pack(List.of(units));
    }

    private SortedMap<String, KernelModel.Inode> boot(Unit... units) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Initramfs initramfs = new Initramfs(pack(units));
        initramfs.writeTo(out, store);
        assertThat(out.size()).isEqualTo((int) initramfs.size());
        return KernelModel.unpack(out.toByteArray());
    }

    @Test
    void unpacksToTheTree() throws IOException {
        SortedMap<String, KernelModel.Inode> root = boot(unit(
                "a",
                tree -> tree.put("etc/hostname", file("osie\n"))
                        .put("etc/mtab", link("/proc/mounts"))
                        .put("dev/console", new Node.Device(Attributes.root(0600, 0), Node.Device.Kind.CHARACTER, 5, 1))
                        .put("run/pipe", new Node.Fifo(Attributes.root(0600, 0)))
                        .put("etc/alias", new Node.HardLink("etc/hostname"))));
        assertThat(root)
                .containsOnlyKeys(
                        "", "dev", "dev/console", "etc", "etc/alias", "etc/hostname", "etc/mtab", "run", "run/pipe");
        assertThat(root.get("etc/hostname").text()).isEqualTo("osie\n");
        assertThat(root.get("etc/alias")).isSameAs(root.get("etc/hostname"));
        assertThat(root.get("etc/mtab").text()).isEqualTo("/proc/mounts");
        assertThat(root.get("dev/console").major).isEqualTo(5);
        assertThat(root.get("").mode).isEqualTo(040755);
        assertThat(root.get("etc").mtime).isEqualTo(LATEST);
    }

    @Test
    void storesAFileOfSeveralPlacesOnce() throws IOException {
        Unit layer = unit(
                "layer", tree -> tree.put("bin/tool", file("x".repeat(100_000))).put("bin/t", link("tool")));
        SortedMap<String, KernelModel.Inode> root = boot(layer.at("", LAYER));
        assertThat(root.get(LAYER + "/bin/tool")).isSameAs(root.get("bin/tool"));
        assertThat(root.get(LAYER + "/bin/t").text()).isEqualTo("tool");
        assertThat(pack(layer.at("", LAYER)).get(0).unpackedSize()).isLessThan(110_000);
    }

    @Test
    void aFileLaidOverADoublyPlacedOneLeavesTheContainersCopyAlone() throws IOException {
        SortedMap<String, KernelModel.Inode> root = boot(
                unit("lower", tree -> tree.put("etc/passwd", file("lower"))).at("", LAYER),
                unit("upper", tree -> tree.put("etc/passwd", file("upper"))));
        assertThat(root.get("etc/passwd").text()).isEqualTo("upper");
        assertThat(root.get(LAYER + "/etc/passwd").text()).isEqualTo("lower");
    }

    @Test
    void aLinkAndADirectoryOfTheSameNameMerge() throws IOException {
        Consumer<Tree.Builder> merged = tree -> tree.put("lib", link("usr/lib")).put("usr/lib/libc.so", file("libc"));
        Consumer<Tree.Builder> modules = tree -> tree.put("lib/modules/6.1/a.ko", file("a"));
        for (List<Unit> order : List.of(
                List.of(unit("modules", modules), unit("init", merged)),
                List.of(unit("init", merged), unit("modules", modules)))) {
            SortedMap<String, KernelModel.Inode> root = boot(order.toArray(Unit[]::new));
            assertThat(root.get("lib").text()).isEqualTo("usr/lib");
            assertThat(root.get("usr/lib/modules/6.1/a.ko").text()).isEqualTo("a");
            assertThat(root).doesNotContainKey("lib/modules");
        }
    }

    @Test
    void anImpliedParentKeepsTheModeAnotherUnitGaveIt() throws IOException {
        Unit init = unit("init", tree -> tree.put("tmp", directory(01777)));
        Unit files = unit("files", tree -> tree.put("tmp/x/y", file("y")));
        assertThat(boot(init, files).get("tmp").mode).isEqualTo(041777);
        assertThat(boot(files, init).get("tmp").mode).isEqualTo(041777);
    }

    @Test
    void aDirectoryThatAnUpperUnitReplacesIsGoneWithAllItHeld() throws IOException {
        SortedMap<String, KernelModel.Inode> root = boot(
                unit("lower", tree -> tree.put("data/a/b", file("b"))).at("", LAYER),
                unit("upper", tree -> tree.put("data", file("now a file"))));
        assertThat(root.get("data").text()).isEqualTo("now a file");
        assertThat(root).doesNotContainKey("data/a").containsKey(LAYER + "/data/a/b");
    }

    @Test
    void anUncompressedSegmentIsAlignedWhereverItStands() throws IOException {
        for (int padding = 0; padding < 6; padding++) {
            String text = "a".repeat(padding);
            SortedMap<String, KernelModel.Inode> root = boot(
                    unit("first" + padding, tree -> tree.put("first" + text, file(text))),
                    unit("modules", tree -> tree.put("module.ko.xz", file("module")))
                            .uncompressed(),
                    unit("last", tree -> tree.put("last", file("last"))));
            assertThat(root.get("first" + text).text()).isEqualTo(text);
            assertThat(root.get("module.ko.xz").text()).isEqualTo("module");
            assertThat(root.get("last").text()).isEqualTo("last");
        }
    }

    @Test
    void packsTheSameBytesWithAnyNumberOfCores() throws IOException {
        Path large = Files.write(directory.resolve("large"), text(9_000_000));
        Content content = Content.of(large);
        Unit unit = unit(
                "large",
                tree -> tree.put("large", new Node.RegularFile(Attributes.root(0644, 0), content))
                        .put("small", file("small")));
        Segment expected = pack(unit).get(0);
        for (int cores : new int[] {1, 3, 7}) {
            Store fresh = Store.open(directory.resolve("store" + cores));
            List<Segment> found =
                    new Packer(fresh, Progress.SILENT, Compression.ZSTD_3, LATEST, cores).pack(List.of(unit));
            assertThat(found).containsExactly(expected);
        }
    }

    private static byte[] text(int size) {
        Random random = new Random(1);
        byte[] text = new byte[size];
        for (int i = 0; i < size; i++) {
            text[i] = (byte) ('a' + random.nextInt(4));
        }
        return text;
    }

    @Test
    void opensNoTreeWhenNothingChanged() {
        AtomicInteger opened = new AtomicInteger();
        Unit unit = Unit.of("layer", Digest.ofText("layer"), () -> {
            opened.incrementAndGet();
            return tree(tree -> tree.put("a", file("a")));
        });
        List<Segment> first = pack(unit);
        assertThat(pack(unit)).isEqualTo(first);
        assertThat(opened).hasValue(1);
    }

    @Test
    void packsOnlyTheUnitThatChanged() {
        AtomicInteger opened = new AtomicInteger();
        Unit layer = Unit.of("layer", Digest.ofText("layer"), () -> {
            opened.incrementAndGet();
            return tree(tree -> tree.put("a", file("a")));
        });
        Segment before =
                pack(layer, unit("v1", tree -> tree.put("b", file("1")))).get(0);
        Segment after =
                pack(layer, unit("v2", tree -> tree.put("b", file("2")))).get(0);
        assertThat(after).isEqualTo(before);
        assertThat(opened).hasValue(1);
    }

    @Test
    void packsAgainWhatTheStoreLost() throws IOException {
        Unit unit = unit("layer", tree -> tree.put("a", file("a")));
        Segment segment = pack(unit).get(0);
        Files.delete(store.path(segment.blob().digest()));
        assertThat(pack(unit)).containsExactly(segment);
        assertThat(store.contains(segment.blob())).isTrue();
    }

    @Test
    void packsAgainWhenItsMemoryWasDamaged() throws IOException {
        Unit unit = unit("layer", tree -> tree.put("a", file("a")));
        List<Segment> segments = pack(unit);
        for (String damage : List.of("", "zstd:3 no digest", "\n\n", "none ".repeat(9))) {
            try (DirectoryStream<Path> steps = Files.newDirectoryStream(directory.resolve("store/steps"))) {
                for (Path step : steps) {
                    Files.writeString(step, damage);
                }
            }
            assertThat(pack(unit)).isEqualTo(segments);
        }
    }

    @Test
    void warnsOfExtendedAttributesThatStayBehind() {
        TreeMap<String, String> xattrs = new TreeMap<>(Map.of("security.capability", "01"));
        Unit unit = unit(
                "layer",
                tree -> tree.put(
                        "bin/ping", new Node.RegularFile(new Attributes(0755, 0, 0, 0, xattrs), Content.of("ping"))));
        List<String> warnings = new ArrayList<>();
        Segment segment = new Packer(store, new Warnings(warnings), Compression.ZSTD_3, LATEST, 1)
                .pack(List.of(unit))
                .get(0);
        assertThat(warnings)
                .containsExactly(
                        "an initramfs holds no extended attributes, so these lose theirs, file capabilities among"
                                + " them: bin/ping (security.capability)");
        assertThat(segment.entries(store).stream().filter(Entry::losesXattrs).map(Entry::path))
                .containsExactly("bin/ping");
    }

    private record Warnings(List<String> lines) implements Progress {
        @Override
        public Step start(String name, long totalBytes) {
            return SILENT.start(name, totalBytes);
        }

        @Override
        public void info(String line) {}

        @Override
        public void warn(String line) {
            lines.add(line);
        }
    }

    @Test
    void refusesWhatTheKernelWouldDropInSilence() {
        Map<String, Unit> refused = Map.of(
                "a name of more than 255 bytes", unit("long", tree -> tree.put("a/" + "n".repeat(256), file(""))),
                "that name ends a cpio archive", unit("trailer", tree -> tree.put("TRAILER!!!", file(""))),
                "a target of 0 bytes", unit("empty link", tree -> tree.put("l", link(""))),
                "a target of 4096 bytes", unit("long link", tree -> tree.put("l", link("t".repeat(4096)))),
                "at most 4095", unit("deep", tree -> tree.put("d/".repeat(2048) + "f", file(""))));
        refused.forEach((reason, unit) -> assertThatThrownBy(() -> pack(unit))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining(reason));
    }

    @Test
    void refusesAnAlteredSegment() throws IOException {
        Segment segment = pack(unit("layer", tree -> tree.put("a", file("a")))).get(0);
        Files.write(
                store.path(segment.blob().digest()),
                new byte[(int) segment.blob().size()]);
        assertThatThrownBy(() -> new Initramfs(List.of(segment)).writeTo(new ByteArrayOutputStream(), store))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("altered");
    }

    @Test
    void listsEntriesWithTheirDigests() {
        Segment segment = pack(unit(
                        "layer", tree -> tree.put("a b\n=", file("content")).put("l", link("x y"))))
                .get(0);
        assertThat(segment.entries(store))
                .satisfiesExactly(
                        root -> assertThat(root.path()).isEmpty(),
                        named -> {
                            assertThat(named.path()).isEqualTo("a b\n=");
                            assertThat(((Entry.RegularFile) named.kind()).content())
                                    .contains(Digest.ofText("content"));
                        },
                        linked -> assertThat(linked.kind()).isEqualTo(new Entry.Symlink("x y")));
    }

    @Test
    void aFailingUnitEndsTheBuildWithItsOwnError() {
        Unit broken = Unit.of("broken", Digest.ofText("broken"), () -> {
            throw BuildException.unavailable("no such layer");
        });
        assertThatThrownBy(() -> pack(unit("good", tree -> tree.put("a", file("a"))), broken))
                .isInstanceOf(BuildException.class)
                .hasMessage("no such layer");
    }
}
