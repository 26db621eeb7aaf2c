package dev.osie.build.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import dev.osie.build.yaml.Position;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelBuilderTest {
    private static final String MODULES = "usr/lib/modules/6.12.1-test/";
    private static final long EPOCH = DebFixture.MTIME - 1000;
    private static final byte[] EXT4 = ModuleFixture.module()
            .info("depends", "jbd2")
            .info("alias", "fs-ext4")
            .info("firmware", "ext4.bin")
            .needs("journal", "printk")
            .toXz();

    @TempDir
    private Path directory;

    @Test
    void putsSelectedModulesAsShippedAndTheirIndexesIntoALayer() throws IOException {
        Store store = Store.open(directory);

        Kernel kernel = build(store, deb(), "ext4");

        assertThat(kernel.release()).isEqualTo("6.12.1-test");
        assertThat(store.readAllBytes(kernel.vmlinuz().digest())).asString().isEqualTo("the kernel");
        assertThat(kernel.selected())
                .containsExactly(
                        new SelectedModule("kernel/fs/ext4/ext4.ko.xz", "test", List.of("ext4.bin")),
                        new SelectedModule("kernel/fs/jbd2/jbd2.ko.xz", "needed by ext4", List.of()));
        Tree layer = TarLayer.read(store, kernel.modules().digest()).tree();
        assertThat(layer.nodes().keySet())
                .contains(
                        "usr",
                        MODULES + "kernel/fs/jbd2/jbd2.ko.xz",
                        MODULES + "modules.order",
                        MODULES + "modules.dep.bin")
                .doesNotContain(MODULES + "kernel/fs/xfs/xfs.ko.xz");
        assertThat(bytes(layer, MODULES + "kernel/fs/ext4/ext4.ko.xz")).isEqualTo(EXT4);
        assertThat(bytes(layer, MODULES + "modules.dep"))
                .asString()
                .isEqualTo("kernel/fs/jbd2/jbd2.ko.xz:\nkernel/fs/ext4/ext4.ko.xz: kernel/fs/jbd2/jbd2.ko.xz\n");
        assertThat(bytes(layer, MODULES + "modules.alias")).asString().contains("alias fs-ext4 ext4");
        assertThat(layer.nodes().values())
                .filteredOn(Node.RegularFile.class::isInstance)
                .allSatisfy(node -> assertThat(
                                ((Node.RegularFile) node).attributes().mtime())
                        .isEqualTo(EPOCH));
    }

    @Test
    void makesTheSameKernelInEveryStore() {
        Kernel one = build(Store.open(directory.resolve("one")), deb(), "ext4", "xfs");
        Kernel two = build(Store.open(directory.resolve("two")), deb(), "ext4", "xfs");

        assertThat(one).isEqualTo(two);
    }

    @Test
    void remembersAKernelAndNoticesWhenItsLayerIsGone() throws IOException {
        Store store = Store.open(directory);
        byte[] deb = deb();
        Kernel kernel = build(store, deb, "ext4");
        Digest digest = Digest.of(deb);

        Files.delete(store.path(digest));
        assertThat(new KernelBuilder(store, EPOCH, Progress.SILENT)
                        .build(KernelTree.ofDeb(store, digest, "a kernel", "debian"), Architecture.X86_64, set("ext4")))
                .isEqualTo(kernel);

        Files.delete(store.path(kernel.modules().digest()));
        assertThat(build(store, deb, "ext4")).isEqualTo(kernel);
        assertThat(store.contains(kernel.modules())).isTrue();
    }

    @Test
    void wrapsTheKernelAsLinuxKitHasIt() throws IOException {
        Store store = Store.open(directory);
        Kernel kernel = build(store, deb(), "ext4");

        Blob layer =
                new KernelBuilder(store, EPOCH, Progress.SILENT).imageLayer(kernel, Optional.empty(), Optional.empty());

        Tree tree = TarLayer.read(store, layer.digest()).tree();
        assertThat(tree.nodes()).containsOnlyKeys("kernel", "kernel.tar");
        assertThat(bytes(tree, "kernel")).asString().isEqualTo("the kernel");
        assertThat(Digest.of(bytes(tree, "kernel.tar")))
                .isEqualTo(kernel.modules().digest());
    }

    @Test
    void refusesAPackageWithoutAKernel() {
        Store store = Store.open(directory);
        byte[] headers = new DebFixture()
                .file("usr/lib/modules/6.12.1-test/modules.order", "")
                .toBytes();
        byte[] metapackage =
                new DebFixture().file("usr/share/doc/x/copyright", "").toBytes();

        assertThatThrownBy(() -> build(store, headers, "ext4"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("it has no file boot/vmlinuz-6.12.1-test");
        assertThatThrownBy(() -> build(store, metapackage, "ext4"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("it holds no kernel modules");
    }

    @Test
    void namesTheModuleThatIsDamaged() {
        byte[] deb = kernelPackage()
                .file(MODULES + "kernel/net/broken.ko.xz", "not a module")
                .toBytes();

        assertThatThrownBy(() -> build(Store.open(directory), deb, "ext4", "broken"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("kernel/net/broken.ko.xz");
    }

    @Test
    void refusesAModuleOfAnotherKernel() {
        byte[] deb = kernelPackage()
                .file(
                        MODULES + "kernel/net/old.ko",
                        ModuleFixture.module().info("vermagic", "6.1.0 SMP ").toElf())
                .toBytes();

        assertThatThrownBy(() -> build(Store.open(directory), deb, "old"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("kernel/net/old.ko is made for linux 6.1.0, not for linux 6.12.1-test");
    }

    @Test
    void refusesTwoModulesOfOneName() {
        byte[] deb = kernelPackage().file(MODULES + "updates/ext4.ko.xz", EXT4).toBytes();

        assertThatThrownBy(() -> build(Store.open(directory), deb, "ext4"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("two modules of one name: kernel/fs/ext4/ext4.ko.xz and updates/ext4.ko.xz");
    }

    private static DebFixture kernelPackage() {
        return new DebFixture()
                .file("boot/vmlinuz-6.12.1-test", "the kernel")
                .file("boot/config-6.12.1-test", "CONFIG_X=y")
                .file(
                        MODULES + "modules.order",
                        "kernel/fs/xfs/xfs.ko\nkernel/fs/jbd2/jbd2.ko\nkernel/fs/ext4/ext4.ko\n")
                .file(MODULES + "modules.builtin", "kernel/fs/fuse/fuse.ko\n")
                .file(MODULES + "modules.builtin.modinfo", "fuse.alias=fs-fuse\0fuse.license=GPL\0")
                .file(MODULES + "kernel/fs/ext4/ext4.ko.xz", EXT4)
                .file(
                        MODULES + "kernel/fs/jbd2/jbd2.ko.xz",
                        ModuleFixture.module().exports("journal").toXz())
                .file(
                        MODULES + "kernel/fs/xfs/xfs.ko.xz",
                        ModuleFixture.module().toXz());
    }

    private static byte[] deb() {
        return kernelPackage().toBytes();
    }

    private static Kernel build(Store store, byte[] deb, String... modules) {
        Digest digest = store.put(deb).digest();
        return new KernelBuilder(store, EPOCH, Progress.SILENT)
                .build(KernelTree.ofDeb(store, digest, "a kernel", "debian"), Architecture.X86_64, set(modules));
    }

    private static ModuleSet set(String... modules) {
        return ModuleSet.union(List.of()).changed(List.of(modules), List.of(), "test", new Position("test.yaml", 1, 1));
    }

    private static byte[] bytes(Tree tree, String path) throws IOException {
        try (InputStream in =
                ((Node.RegularFile) tree.nodes().get(path)).content().open()) {
            return in.readAllBytes();
        }
    }
}
