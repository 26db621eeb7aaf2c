package dev.osie.build.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.initramfs.Initramfs;
import dev.osie.build.initramfs.KernelModel;
import dev.osie.build.initramfs.NewcHeader;
import dev.osie.build.initramfs.NewcWriter;
import dev.osie.build.initramfs.Packer;
import dev.osie.build.initramfs.Unit;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a real kernel makes of our segments, and of archives that run into its pitfalls. One machine is booted; it prints its whole root.
 * The second part is what the fast tests rest on: the kernel does as {@link KernelModel} says.
 */
@Tag("vm")
@Timeout(600)
final class KernelUnpackTest {
    private static final long MTIME = 1_700_000_000L;
    private static final String LAYER = "containers/layers/0123456789abcdef";
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final Path LOG =
            Path.of("target", "vm-logs", "kernel-unpack-test.log").toAbsolutePath();

    /** Prints what each file is, in lines that end with its path. */
    private static final String INIT = """
            #!/bin/busybox sh
            export PATH=/bin
            alias b=/bin/busybox
            b echo
            b echo begin
            b find / -xdev -exec /bin/busybox stat -c 'stat %f %u %g %i %Y %n' {} +
            b find / -xdev -type f -exec /bin/busybox md5sum {} + | b sed 's/^/sum /'
            b find / -xdev -type l | while read -r l; do b echo "link $(b readlink "$l") $l"; done
            b echo end
            b reboot -f
            """;

    @TempDir
    private static Path directory;

    private static SortedMap<String, Found> root;
    private static SortedMap<String, KernelModel.Inode> model;

    /** What the machine says of a path. */
    private static final class Found {
        private int mode;
        private long uid;
        private long gid;
        private long inode;
        private long mtime;
        private String content = "";
    }

    @BeforeAll
    static void boot() throws Exception {
        byte[] initramfs = concatenate(packed(), pitfalls());
        Path file = Files.write(directory.resolve("initramfs"), initramfs);
        model = KernelModel.unpack(initramfs);
        try {
            root = listing(console(file));
        } catch (VirtualMachine.EmulatorFault e) {
            System.out.println("Booting once more: " + e.getMessage());
            root = listing(console(file));
        }
    }

    private static String console(Path initramfs) throws Exception {
        List<String> command = HostTool.require("qemu-system-x86_64", "qemu-system-x86")
                .command(
                        "-accel",
                        "tcg",
                        "-m",
                        "1024",
                        "-nographic",
                        "-no-reboot",
                        "-net",
                        "none",
                        "-kernel",
                        KernelAndBusybox.fetch().kernel().toString(),
                        "-initrd",
                        initramfs.toString(),
                        "-append",
                        "console=ttyS0 loglevel=0 panic=-1 rdinit=/init");
        try (VirtualMachine machine = VirtualMachine.start(command, LOG)) {
            String listing = machine.waitFor("^begin\n((?s:.*?))^end$", LIMIT).group(1);
            machine.awaitEnd(LIMIT);
            return listing;
        }
    }

    private static SortedMap<String, Found> listing(String console) {
        SortedMap<String, Found> found = new TreeMap<>();
        for (String line : console.split("\n")) {
            String[] words = line.split(" +", line.startsWith("stat") ? 7 : 3);
            String path = words[words.length - 1].substring(1);
            Found file = found.computeIfAbsent(path, key -> new Found());
            if (words[0].equals("stat")) {
                file.mode = Integer.parseInt(words[1], 16);
                file.uid = Long.parseLong(words[2]);
                file.gid = Long.parseLong(words[3]);
                file.inode = Long.parseLong(words[4]);
                file.mtime = Long.parseLong(words[5]);
            } else {
                file.content = words[1];
            }
        }
        return found;
    }

    private static byte[] packed() throws Exception {
        Path busybox = KernelAndBusybox.fetch().busybox();
        Content program = Content.of(busybox);
        Store store = Store.open(directory.resolve("store"));
        Packer packer = new Packer(store, Progress.SILENT, Compression.ZSTD_3, MTIME, 2);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new Initramfs(packer.pack(List.of(
                        unit("modules", tree -> tree.put("lib/modules/a.ko.xz", file(0644, "module")))
                                .uncompressed(),
                        unit(
                                        "layer",
                                        tree -> tree.put("bin/busybox", new Node.RegularFile(attributes(0755), program))
                                                .put("lib", new Node.Symlink(attributes(0777), "usr/lib"))
                                                .put("usr/lib/libx", file(0644, "libx"))
                                                .put("etc/passwd", file(0644, "the layer's"))
                                                .put("etc/group", file(0644, "group"))
                                                .put("etc/same-group", new Node.HardLink("etc/group"))
                                                .put("tmp", new Node.Directory(attributes(01777)))
                                                .put(
                                                        "dev/fuse",
                                                        new Node.Device(
                                                                attributes(0666), Node.Device.Kind.CHARACTER, 10, 229)))
                                .at("", LAYER),
                        unit("odd", tree -> tree.put("odd/a", file(04711, "12345"))),
                        unit("stored", tree -> tree.put("stored/module.ko.xz", file(0600, "1234567")))
                                .uncompressed(),
                        unit(
                                "files",
                                tree -> tree.put("init", file(0755, INIT))
                                        .put("etc/passwd", file(0640, "ours"))
                                        .put(
                                                "tmp/x",
                                                new Node.RegularFile(
                                                        new Attributes(
                                                                0644, 1000, 3_000_000_000L, MTIME, new TreeMap<>()),
                                                        Content.of("x")))))))
                .writeTo(out, store);
        return out.toByteArray();
    }

    private static Unit unit(String name, Consumer<Tree.Builder> content) {
        Tree.Builder tree = new Tree.Builder();
        content.accept(tree);
        return Unit.of(name, Digest.ofText(name), () -> tree.build(MTIME));
    }

    private static Attributes attributes(int mode) {
        return Attributes.root(mode, MTIME);
    }

    private static Node file(int mode, String text) {
        return new Node.RegularFile(attributes(mode), Content.of(text));
    }

    /** Archives such as our packer never writes, each in a directory of its own. */
    private static byte[] pitfalls() throws IOException {
        return concatenate(
                Zstd.compress(archive(
                        entry(0, 040755, 2, "truncated", ""),
                        entry(1, 0100644, 2, "truncated/container", ""),
                        entry(1, 0100644, 2, "truncated/root", "lower"),
                        entry(2, 040755, 2, "links", ""),
                        entry(9, 0100644, 2, "links/first", "linked"),
                        entry(3, 040755, 2, "replaced", ""),
                        entry(4, 040755, 2, "replaced/full", ""),
                        entry(5, 0100644, 1, "replaced/full/file", "stays"),
                        entry(6, 040755, 2, "replaced/empty", ""),
                        entry(7, 0120777, 1, "replaced/link", "full"),
                        entry(8, 0100644, 1, "replaced/file", "file"))),
                archive(
                        entry(1, 0100644, 1, "truncated/root", "upper"),
                        entry(9, 0100644, 2, "links/second", ""),
                        entry(2, 0100644, 1, "no/parent", "dropped"),
                        entry(3, 0100644, 1, "replaced/full", "not written"),
                        entry(4, 0120777, 1, "replaced/empty", "full"),
                        entry(5, 040700, 2, "replaced/link", ""),
                        entry(6, 0120777, 1, "replaced/file", "full")),
                Zstd.compress(archive(entry(1, 0100600, 1, "replaced/link/below", "a directory now"))));
    }

    private record Raw(NewcHeader header, byte[] data) {}

    private static Raw entry(long inode, int mode, int links, String name, String data) {
        byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
        return new Raw(new NewcHeader(inode, mode, 0, 0, links, MTIME, bytes.length, 0, 0, name), bytes);
    }

    private static byte[] archive(Raw... entries) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (NewcWriter writer = new NewcWriter(out)) {
            for (Raw entry : entries) {
                writer.write(entry.header(), data -> data.write(entry.data()));
            }
        }
        return out.toByteArray();
    }

    private static byte[] concatenate(byte[]... parts) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.write(new byte[-out.size() & 3]);
            out.write(part);
        }
        return out.toByteArray();
    }

    private static String sum(byte[] data) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(data));
    }

    private static void holds(String path, String text) throws Exception {
        assertThat(root).containsKey(path);
        assertThat(root.get(path).content).as(path).isEqualTo(sum(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aSegmentUnpacksWhereverItStandsAndHoweverItIsCompressed() throws Exception {
        holds("odd/a", "12345");
        holds("stored/module.ko.xz", "1234567");
        holds("init", INIT);
    }

    @Test
    void aFileOfSeveralPlacesIsOneFile() {
        assertThat(root.get(LAYER + "/bin/busybox").inode).isEqualTo(root.get("bin/busybox").inode);
        for (String name : List.of("etc/group", LAYER + "/etc/group", LAYER + "/etc/same-group")) {
            assertThat(root.get(name).inode).as(name).isEqualTo(root.get("etc/same-group").inode);
        }
    }

    @Test
    void aFileLaidOverTheRootLeavesTheContainersCopyAlone() throws Exception {
        holds("etc/passwd", "ours");
        holds(LAYER + "/etc/passwd", "the layer's");
    }

    @Test
    void modulesGoWhereTheLinkOfAMergedUsrLeads() throws Exception {
        holds("usr/lib/modules/a.ko.xz", "module");
        holds("usr/lib/libx", "libx");
        assertThat(root.get("lib").content).isEqualTo("usr/lib");
    }

    @Test
    void modesOwnersDevicesAndTimesArrive() {
        assertThat(root.get("").mode).isEqualTo(040755);
        assertThat(root.get("tmp").mode).isEqualTo(041777);
        assertThat(root.get("odd/a").mode).isEqualTo(0104711);
        assertThat(root.get("tmp/x").uid).isEqualTo(1000);
        assertThat(root.get("tmp/x").gid).isEqualTo(3_000_000_000L);
        assertThat(root.get("dev/fuse").mode).isEqualTo(020666);
        assertThat(root.get("etc/group").mtime).isEqualTo(MTIME);
    }

    @Test
    void theModelUnpacksAsTheKernelDoes() throws Exception {
        // The kernel's built-in archive brings these before ours.
        root.keySet().removeAll(List.of("dev/console", "root"));
        assertThat(root.keySet()).isEqualTo(model.keySet());
        Map<KernelModel.Inode, Long> inodes = new HashMap<>();
        for (Map.Entry<String, Found> entry : root.entrySet()) {
            Found found = entry.getValue();
            KernelModel.Inode expected = model.get(entry.getKey());
            assertThat(found.mode).as(entry.getKey()).isEqualTo(expected.mode);
            if (expected.mode >> 12 == 010) {
                assertThat(found.content).as(entry.getKey()).isEqualTo(sum(expected.data));
                assertThat(inodes.merge(expected, found.inode, (first, next) -> first))
                        .as(entry.getKey())
                        .isEqualTo(found.inode);
            }
        }
    }
}
