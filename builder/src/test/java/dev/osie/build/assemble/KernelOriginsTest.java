package dev.osie.build.assemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.artifact.Format;
import dev.osie.build.artifact.OutputFolder;
import dev.osie.build.debian.Archive;
import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.Suite;
import dev.osie.build.debian.TestDeb;
import dev.osie.build.failure.BuildException;
import dev.osie.build.initramfs.Entry;
import dev.osie.build.initramfs.NewcHeader;
import dev.osie.build.initramfs.NewcWriter;
import dev.osie.build.initramfs.Segment;
import dev.osie.build.kernel.ModuleFixture;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockFile;
import dev.osie.build.lock.Selection;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Store;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where a kernel can come from besides a package of the release, and what comes with it. */
@Timeout(120)
final class KernelOriginsTest {
    private static final String RELEASE = "6.18.0-own";
    private static final String MODULES = "lib/modules/" + RELEASE + "/";

    @TempDir
    private Path directory;

    private MiniProject project;
    private Store store;

    @BeforeEach
    void start() throws IOException {
        project = MiniProject.in(directory);
        store = Store.open(directory.resolve("store"));
        flavor("modules: mini");
    }

    @AfterEach
    void stop() {
        project.close();
    }

    private void flavor(String more) throws IOException {
        project.write("project/linuxkit-templates/flavors/mini.yaml", """
                osie:
                  kernel: { use: own, MORE }
                kernel: { cmdline: console=ttyS0 }
                init: ["@image:init"]
                """.replace("MORE", more));
    }

    private void kernel(String keys) throws IOException {
        project.write("project/kernel-configs/own.yaml", "description: a kernel\n" + keys + "\n");
    }

    private Osie assemble() {
        return new Assembler(store, Progress.SILENT).assemble(project.request());
    }

    private byte[] vmlinuz(Osie osie) {
        return store.readAllBytes(osie.vmlinuz().orElseThrow().digest());
    }

    private List<String> paths(Osie osie) {
        List<String> paths = new ArrayList<>();
        for (Segment segment : osie.initramfs().segments()) {
            segment.entries(store).stream().map(Entry::path).forEach(paths::add);
        }
        return paths;
    }

    private static TestDeb ownDeb() {
        return TestDeb.of("linux-image-" + RELEASE, "6.18.0-1")
                .file("boot/vmlinuz-" + RELEASE, "my own kernel")
                .file("usr/lib/linux-image-" + RELEASE + "/broadcom/bcm2711-rpi-4-b.dtb", "a board")
                .file(
                        MODULES + "kernel/fs/ext4/ext4.ko.xz",
                        ModuleFixture.module().toXz())
                .file(MODULES + "kernel/fs/xfs/xfs.ko", ModuleFixture.module().toElf());
    }

    @Test
    void takesAPackageOfTheUsersByItsContent() throws IOException {
        kernel("deb: { x86_64: own.deb }");
        Path deb = directory.resolve("project/kernel-configs/own.deb");
        Files.write(deb, ownDeb().bytes());

        Osie osie = assemble();

        assertThat(vmlinuz(osie)).asString().isEqualTo("my own kernel");
        assertThat(paths(osie))
                .contains("usr/" + MODULES + "kernel/fs/ext4/ext4.ko.xz")
                .doesNotContain("usr/" + MODULES + "kernel/fs/xfs/xfs.ko");
        assertThat(lock().setsOf(Architecture.X86_64)).containsOnlyKeys("init");
        Files.write(deb, ownDeb().file("boot/vmlinuz-" + RELEASE, "a newer one").bytes());
        assertThat(vmlinuz(assemble())).asString().isEqualTo("a newer one");
    }

    @Test
    void saysWhatIsWrongWithAPackageOfTheUsers() throws IOException {
        kernel("deb: { x86_64: own.deb }");
        Path deb = directory.resolve("project/kernel-configs/own.deb");

        assertThatThrownBy(this::assemble)
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("own.yaml:2:16: there is no file 'own.deb'");
        Files.writeString(deb, "<html>not found</html>");
        assertThatThrownBy(this::assemble)
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("The package own.deb cannot be read");
        Files.write(
                deb,
                TestDeb.of("linux-doc", "6.18.0-1").file("usr/share/doc/x", "x").bytes());
        assertThatThrownBy(this::assemble)
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("Tried to take a kernel out of own.deb, but it holds no kernel modules");
    }

    @Test
    void takesAnImageOfLinuxKitsForm() throws IOException {
        byte[] modules = new StoredImages.Layer()
                .file(
                        MODULES + "kernel/fs/ext4/ext4.ko",
                        0644,
                        ModuleFixture.module().toElf())
                .file(
                        MODULES + "kernel/fs/xfs/xfs.ko",
                        0644,
                        ModuleFixture.module().toElf())
                .file(MODULES + "modules.order", 0644, "kernel/fs/xfs/xfs.ko\nkernel/fs/ext4/ext4.ko\n")
                .toBytes();
        new StoredImages(store)
                .put(
                        "registry.lab/kernel:1",
                        new StoredImages.Layer()
                                .file("kernel", 0644, "the image's kernel")
                                .file("kernel.tar", 0644, modules)
                                .file("dtbs/broadcom/bcm2711-rpi-4-b.dtb", 0644, "a board")
                                .file("ucode.cpio", 0644, ucode()));
        kernel("image: registry.lab/kernel:1\nucode: ucode.cpio");
        flavor("modules: []");

        Osie osie = assemble();

        assertThat(vmlinuz(osie)).asString().isEqualTo("the image's kernel");
        assertThat(paths(osie))
                .contains("usr/" + MODULES + "kernel/fs/ext4/ext4.ko", "usr/" + MODULES + "modules.dep.bin")
                .contains("usr/" + MODULES + "kernel/fs/xfs/xfs.ko");
        assertThat(store.readAllBytes(osie.initramfs().segments().get(0).blob().digest()))
                .isEqualTo(ucode());
        assertThat(osie.deviceTrees()).isPresent();

        flavor("modules: mini");
        assertThat(paths(assemble())).doesNotContain("usr/" + MODULES + "kernel/fs/xfs/xfs.ko");
        flavor("modules: mini, microcode: none");
        assertThat(assemble().ucode()).isEmpty();
    }

    @Test
    void pinsAnImageInTheLock() throws IOException {
        kernel("image: { x86_64: \"127.0.0.1:1/kernel:1\" }");

        assertThatThrownBy(this::assemble)
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("own.yaml:2:18")
                .hasMessageContaining("127.0.0.1:1");
    }

    @Test
    void takesFromAnotherSuiteWhatIsAskedOfIt() throws IOException {
        BinaryPackage old = project.mirror()
                .add(Archive.DEBIAN, TestDeb.of("tool", "3.0~bpo1").file("usr/bin/tool", "a newer tool"));
        project.mirror()
                .add(
                        Archive.DEBIAN,
                        TestDeb.of("linux-image-mini", RELEASE + "~bpo1")
                                .field("Depends", "linux-modules-own, linux-base-own")
                                .file("usr/share/doc/x", "x"));
        project.mirror()
                .add(
                        Archive.DEBIAN,
                        TestDeb.of("linux-base-own", RELEASE + "~bpo1")
                                .file("usr/" + MODULES + "vmlinuz", "the kernel of backports"));
        project.mirror()
                .add(
                        Archive.DEBIAN,
                        TestDeb.of("linux-modules-own", RELEASE + "~bpo1")
                                .field("Depends", "tool")
                                .file("usr/" + MODULES + "dtb/broadcom/bcm2711-rpi-4-b.dtb", "a board")
                                .file(
                                        "usr/" + MODULES + "kernel/fs/ext4/ext4.ko.xz",
                                        ModuleFixture.module().toXz()));
        project.publish(Suite.named("trixie-backports"));
        kernel("package: { x86_64: linux-image-mini }\nsuite: trixie-backports\nexclude: [tool]");
        project.write("project/images/init/image.yaml", "description: the init\npackages: [tool]\nfiles: []\n");

        Osie osie = assemble();

        assertThat(vmlinuz(osie)).asString().isEqualTo("the kernel of backports");
        assertThat(osie.deviceTrees()).isPresent();
        Lock lock = lock();
        assertThat(lock.suites())
                .extracting(suite -> suite.name())
                .containsExactly("trixie", "trixie-security", "trixie-backports");
        assertThat(lock.packages())
                .extracting(binary -> binary.name() + " " + binary.suite().orElse("-"))
                .containsExactly(
                        "linux-base-own trixie-backports",
                        "linux-image-mini trixie-backports",
                        "linux-modules-own trixie-backports",
                        "shared -",
                        "tool -");
        assertThat(lock.packages()).doesNotContain(old);

        project.mirror().close();
        assertThat(vmlinuz(new Assembler(store, Progress.SILENT).assemble(project.request())))
                .isEqualTo(vmlinuz(osie));
        assertThat(new Locks(store, Progress.SILENT, List.of(project.request()), List.of()).drift())
                .isEmpty();
    }

    @Test
    void aLockHoldsAPackageOfTwoSuites() throws IOException {
        project.write("project/kernel-configs/other.yaml", """
                description: a kernel
                package: { x86_64: linux-image-mini }
                suite: trixie-backports
                """);
        project.mirror()
                .add(
                        Archive.DEBIAN,
                        TestDeb.of("linux-image-mini", RELEASE + "~bpo1")
                                .file("boot/vmlinuz-" + RELEASE, "the kernel of backports")
                                .file(
                                        "usr/" + MODULES + "kernel/fs/ext4/ext4.ko.xz",
                                        ModuleFixture.module().toXz()));
        project.publish(Suite.named("trixie-backports"));
        flavor("modules: mini");
        kernel("package: { x86_64: linux-image-mini }");

        assertThat(vmlinuz(assemble())).asString().isEqualTo("the kernel");
        project.write("project/kernel-configs/own.yaml", """
                description: a kernel
                package: { x86_64: linux-image-mini }
                """);
        project.write(
                "project/linuxkit-templates/flavors/mini.yaml",
                Files.readString(directory.resolve("project/linuxkit-templates/flavors/mini.yaml"))
                        .replace("use: own", "use: other"));
        new Locks(store, Progress.SILENT, List.of(project.request()), List.of()).update(Selection.NOTHING, false);

        assertThat(vmlinuz(assemble())).asString().isEqualTo("the kernel of backports");
        assertThat(lock().packages().stream().filter(binary -> binary.name().equals("linux-image-mini")))
                .hasSize(2);
        flavor("modules: mini");
        assertThat(vmlinuz(assemble())).asString().isEqualTo("the kernel");
        assertThat(new Locks(store, Progress.SILENT, List.of(project.request()), List.of())
                        .update(Selection.NOTHING, true)
                        .lock()
                        .suites())
                .extracting(suite -> suite.name())
                .containsExactly("trixie", "trixie-security");
    }

    @Test
    void beginsWithMicrocode() throws IOException {
        project.mirror()
                .add(
                        Archive.DEBIAN,
                        TestDeb.of("intel-microcode", "1")
                                .file("usr/lib/firmware/intel-ucode/06-01-01", concatenated(update(1), update(2)))
                                .file("usr/lib/firmware/intel-ucode/06-01-02", concatenated(update(2), update(3))));
        project.mirror()
                .add(
                        Archive.DEBIAN,
                        TestDeb.of("amd64-microcode", "1")
                                .file("usr/lib/firmware/amd-ucode/microcode_amd.bin", "DMA\0one")
                                .file("usr/lib/firmware/amd-ucode/README", "no microcode"));
        project.publish(Suite.DEFAULT.get(0));
        kernel("package: { x86_64: linux-image-mini }\nmicrocode: [intel-microcode, amd64-microcode]");

        Osie osie = assemble();

        Segment first = osie.initramfs().segments().get(0);
        assertThat(first.name()).isEqualTo("ucode");
        assertThat(first.entries(store)).extracting(Entry::path).contains("kernel/x86/microcode/GenuineIntel.bin");
        byte[] archive = store.readAllBytes(first.blob().digest());
        String text = new String(archive, StandardCharsets.ISO_8859_1);
        int intel = text.indexOf(new String(update(1), StandardCharsets.ISO_8859_1));
        assertThat(intel % 16).isZero();
        assertThat(text.substring(intel))
                .startsWith(new String(concatenated(update(1), update(2), update(3)), StandardCharsets.ISO_8859_1));
        assertThat(text).contains("AuthenticAMD.bin").contains("DMA\0one").doesNotContain("no microcode");
        assertThat(osie.document()).doesNotContain("microcode").contains("ucode: ucode.cpio");

        flavor("modules: mini, microcode: none");
        assertThat(assemble().initramfs().segments())
                .noneMatch(segment -> segment.name().equals("ucode"));
    }

    @Test
    void refusesDamagedMicrocode() throws IOException {
        byte[] damaged = update(1);
        damaged[60]++;
        project.mirror()
                .add(
                        Archive.DEBIAN,
                        TestDeb.of("intel-microcode", "1").file("usr/lib/firmware/intel-ucode/06-01-01", damaged));
        project.publish(Suite.DEFAULT.get(0));
        kernel("package: { x86_64: linux-image-mini }\nmicrocode: [intel-microcode]");

        assertThatThrownBy(this::assemble)
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("Tried to take microcode out of intel-microcode 1 (amd64)")
                .hasMessageContaining("does not have its checksum");
    }

    @Test
    void writesDeviceTreesWhereTheyAreAskedFor() throws IOException {
        kernel("deb: { x86_64: own.deb }");
        Files.write(directory.resolve("project/kernel-configs/own.deb"), ownDeb().bytes());
        Osie osie = assemble();

        Path output = directory.resolve("out");
        new OutputFolder(store, EnumSet.of(Format.PAIR, Format.DTBS), Progress.SILENT).write(osie, output);

        List<String> names = new ArrayList<>();
        try (InputStream in = Files.newInputStream(output.resolve("dtbs-x86_64.tar.gz"));
                TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(in))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                names.add(entry.getName());
            }
        }
        assertThat(names).contains("dtbs-x86_64/broadcom/bcm2711-rpi-4-b.dtb");
        assertThat(output.resolve("checksum.txt")).content().contains("  dtbs-x86_64.tar.gz\n");
    }

    @Test
    void saysThatAKernelNeedsOneOrigin() throws IOException {
        kernel("firmware: []");
        assertThatThrownBy(this::assemble).hasMessageContaining("needs one of the keys package, deb, image");
        kernel("package: { x86_64: linux-image-mini }\nimage: registry.lab/kernel:1");
        assertThatThrownBy(this::assemble).hasMessageContaining("it has package and image");
        kernel("package: { x86_64: linux-image-mini }\nsuite: trixie");
        assertThatThrownBy(this::assemble).hasMessageContaining("'trixie' is a suite that everything is taken from");
    }

    private Lock lock() {
        return LockFile.find(project.lock()).orElseThrow();
    }

    /** An update of the least size, with a number for content and the sum that it needs. */
    private static byte[] update(int number) {
        int size = 1024;
        ByteBuffer update = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        update.putInt(0, 1).putInt(28, size - 48).putInt(32, size).putInt(48, number);
        update.putInt(16, -(1 + size - 48 + size + number));
        return update.array();
    }

    private static byte[] concatenated(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(
                List.of(parts).stream().mapToInt(part -> part.length).sum());
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }

    /** An archive without entries would be refused. */
    private static byte[] ucode() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (NewcWriter archive = new NewcWriter(bytes)) {
            archive.write(new NewcHeader(1, 0040755, 0, 0, 2, 0, 0, 0, 0, "kernel"));
        }
        return bytes.toByteArray();
    }
}
