package dev.osie.build.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import dev.osie.build.yaml.Position;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules that don't come with the kernel: which get in, and for what the others are refused. */
class AddedModulesTest {
    private static final String RELEASE = "6.12.1-test";
    private static final String VERMAGIC = RELEASE + " SMP preempt mod_unload modversions";
    private static final String MODULES = "usr/lib/modules/" + RELEASE + "/";
    private static final String SYMVERS = """
            0x00000001\t_printk\tvmlinux\tEXPORT_SYMBOL\t
            0x00000002\tclass_create\tvmlinux\tEXPORT_SYMBOL_GPL\t
            0xfffffff3\tdma_buf_map\tvmlinux\tEXPORT_SYMBOL_GPL\tDMA_BUF
            0x00000004\tphy_start\tdrivers/net/phy/phy\tEXPORT_SYMBOL\t
            """;

    @TempDir
    private Path directory;

    private Store store;
    private final List<DriverSource> sources = new ArrayList<>();
    private ModuleHandling handling = ModuleHandling.NONE;
    private String config = "CONFIG_MODULE_SIG=y\nCONFIG_LOCK_DOWN_IN_EFI_SECURE_BOOT=y\n";
    private String headersRelease = RELEASE;

    @BeforeEach
    void open() {
        store = Store.open(directory);
    }

    @Test
    void putsAModuleWhereModprobePrefersIt() throws IOException {
        add(
                "igb.ko",
                fitting()
                        .info("alias", "pci:v00008086d*")
                        .info("depends", "phy")
                        .needs("phy_start", 4)
                        .info("firmware", "igb.bin"));

        Kernel kernel = build("usb");

        assertThat(kernel.selected())
                .containsExactly(
                        new SelectedModule("kernel/drivers/net/phy/phy.ko", "needed by igb", List.of()),
                        new SelectedModule("kernel/drivers/usb/usb.ko", "test", List.of()),
                        new SelectedModule(
                                "updates/igb.ko", "drivers.add, lab.yaml:4:1: igb.ko, not signed", List.of("igb.bin")));
        assertThat(kernel.remarks())
                .containsExactly(
                        "the added igb is in the place of kernel/drivers/net/igb.ko",
                        "not signed: igb; linux 6.12.1-test loads such modules, but not under Secure Boot");
        assertThat(text(kernel, MODULES + "modules.dep"))
                .contains("updates/igb.ko: kernel/drivers/net/phy/phy.ko\n")
                .doesNotContain("kernel/drivers/net/igb.ko");
        assertThat(text(kernel, MODULES + "modules.alias")).contains("alias pci:v00008086d* igb\n");
    }

    @Test
    void takesTheModulesOfThisReleaseOutOfARoot() {
        byte[] deb = new DebFixture()
                .file(
                        "lib/modules/" + RELEASE + "/updates/dkms/one.ko.xz",
                        fitting().toXz())
                .file(
                        "usr/lib/modules/" + RELEASE + "/extra/two.ko",
                        fitting().signed().toElf())
                .file("lib/modules/6.1.0-1/three.ko", ModuleFixture.module().toElf())
                .file("usr/share/doc/x/copyright", "")
                .toBytes();
        addDeb("drivers.deb", deb);

        assertThat(build("usb").selected())
                .extracting(SelectedModule::path, SelectedModule::reason)
                .contains(
                        tuple(
                                "updates/one.ko.xz",
                                "drivers.add, lab.yaml:4:1: drivers.deb: lib/modules/6.12.1-test/updates/dkms/one.ko.xz,"
                                        + " not signed"),
                        tuple(
                                "updates/two.ko",
                                "drivers.add, lab.yaml:4:1: drivers.deb: usr/lib/modules/6.12.1-test/extra/two.ko, signed"));
    }

    @Test
    void refusesAPackageForAnotherKernelAndOneWithoutModules() {
        addDeb(
                "old.deb",
                new DebFixture()
                        .file("lib/modules/6.1.0-1/a.ko", ModuleFixture.module().toElf())
                        .toBytes());
        assertRefused().hasMessageContaining("old.deb holds modules for linux 6.1.0-1, and none for linux 6.12.1-test");

        sources.clear();
        addDeb("doc.deb", new DebFixture().file("usr/share/doc/x", "").toBytes());
        assertRefused().hasMessageContaining("doc.deb holds no kernel modules: expected usr/lib/modules/6.12.1-test/…");
    }

    @Test
    void refusesAnotherReleaseAndOtherFlags() {
        add("a.ko", ModuleFixture.module().info("vermagic", "6.12.1-cloud SMP preempt mod_unload modversions "));
        assertRefused()
                .hasMessageContaining("lab.yaml:4:1: The kernel module a.ko does not fit linux 6.12.1-test: "
                        + "it is made for '6.12.1-cloud SMP preempt mod_unload modversions'");

        sources.clear();
        add("a.ko", ModuleFixture.module().info("vermagic", RELEASE + " SMP mod_unload modversions "));
        assertRefused().hasMessageContaining("and this kernel's own modules for '" + VERMAGIC + "'");

        sources.clear();
        add("a.ko", ModuleFixture.module());
        assertRefused().hasMessageContaining("it has no vermagic");
    }

    @Test
    void refusesSymbolsThatTheKernelLacksKeepsForOthersOrHasInAnotherVersion() {
        add("a.ko", fitting().needs("_printk", 1).needs("nowhere", "neither"));
        assertRefused().hasMessageContaining("neither this kernel nor an added module has: neither, nowhere");

        sources.clear();
        add("a.ko", fitting().needs("_printk", 7));
        assertRefused().hasMessageContaining("_printk (0x00000007, the kernel's is 0x00000001)");

        sources.clear();
        add("a.ko", fitting("Proprietary").needs("class_create", 2));
        assertRefused().hasMessageContaining("its license is 'Proprietary'").hasMessageContaining("class_create");

        sources.clear();
        add("a.ko", fitting().needs("dma_buf_map", 0xfffffff3));
        assertRefused().hasMessageContaining("namespaces").hasMessageContaining("dma_buf_map (DMA_BUF)");

        sources.clear();
        add("a.ko", fitting().info("import_ns", "DMA_BUF").needs("dma_buf_map", 0xfffffff3));
        add("b.ko", fitting().exports("mine"));
        add("c.ko", fitting().needs("mine").needs("_GLOBAL_OFFSET_TABLE_"));
        assertThat(build("usb").selected()).hasSize(4);
    }

    @Test
    void refusesAReplacementThatLacksWhatOthersNeed() {
        add("phy.ko", fitting());

        assertThatThrownBy(() -> build("igb"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("phy.ko takes the place of the kernel's own, and lacks the symbol phy_start, "
                        + "which kernel/drivers/net/igb.ko needs");
    }

    @Test
    void saysSoWhenSymbolsCannotBeCompared() {
        add("a.ko", fitting().needs("nowhere"));
        headersRelease = "";

        assertThat(build("usb").remarks())
                .contains("symbols of added modules were not compared: linux 6.12.1-test comes without Module.symvers");

        headersRelease = "6.12.2-test";
        assertRefused().hasMessageContaining("The package headers has no Module.symvers of linux 6.12.1-test");
    }

    @Test
    void refusesAnUnsignedModuleWhereTheKernelWould() {
        config = "CONFIG_MODULE_SIG=y\nCONFIG_MODULE_SIG_FORCE=y\n";
        add("a.ko", fitting());
        assertRefused().hasMessageContaining("a.ko is not signed, and linux 6.12.1-test loads signed modules only");

        sources.clear();
        add("a.ko", fitting().signed());
        assertThat(build("usb").remarks()).singleElement().asString().startsWith("signed: a; ");
    }

    @Test
    void refusesModulesOfOneName() {
        add("a-b.ko", fitting());
        add("a_b.ko.xz", fitting());

        assertRefused().hasMessageContaining("two added modules of the name a_b: a-b.ko (lab.yaml:4:1) and a_b.ko.xz");
    }

    @Test
    void refusesModulesThatWantToComeBeforeEachOther() {
        add("a.ko", fitting().info("softdep", "pre: b post: usb"));
        add("b.ko", fitting().info("softdep", "pre: c"));
        add("c.ko", fitting().info("depends", "a"));

        assertRefused().hasMessageContaining("want to be loaded before each other (depends, softdep): a → b → c → a");
    }

    @Test
    void namesTheFileThatIsNoModule() {
        byte[] module = fitting().toElf();
        ByteBuffer far = ByteBuffer.wrap(module.clone()).order(ByteOrder.LITTLE_ENDIAN);
        far.putLong(40, Long.MAX_VALUE - 3);
        byte[] xz = fitting().toXz();
        byte[] narrow = module.clone();
        narrow[4] = 1;

        assertDamaged("a.ko", far.array(), "the section headers lie outside of the file");
        assertDamaged("a.ko.xz", Arrays.copyOf(xz, xz.length / 2), "damaged: it ends too early");
        assertDamaged("a.ko", narrow, "it is not a 64-bit little-endian ELF object");
        assertDamaged("a.ko", ModuleFixture.module(Architecture.AARCH64).toElf(), "it is made for another machine");
        assertDamaged("a.ko.zst", module, "a.ko.zst is compressed in a way this program does not read");
        assertDamaged("a.txt", module, "a.txt holds no kernel modules");
    }

    private void assertDamaged(String name, byte[] content, String reason) {
        sources.clear();
        add(name, content);
        assertRefused().hasMessageStartingWith("lab.yaml:4:1: ").hasMessageContaining(reason);
    }

    @Test
    void writesBlacklistOptionsAndLoadOrder() throws IOException {
        add("late.ko", fitting().info("parmtype", "speed:int"));
        handling = new ModuleHandling(
                List.of(named("usb")),
                List.of(new ModuleHandling.Options(named("late"), " speed=4 dyndbg=\"+p; x\" ")),
                List.of(named("late"), named("fuse"), named("igb")));

        Kernel kernel = build("usb");

        assertThat(text(kernel, "etc/modprobe.d/osie-kernel.conf"))
                .isEqualTo("blacklist usb\noptions late speed=4 dyndbg=\"+p; x\"\n");
        assertThat(text(kernel, "etc/modules-load.d/osie-kernel.conf")).isEqualTo("late\nigb\n");
        assertThat(kernel.selected())
                .extracting(SelectedModule::name, SelectedModule::reason)
                .contains(tuple("igb", "load"));
    }

    @Test
    void namesEverythingTheKernelLacks() {
        handling = new ModuleHandling(
                List.of(named("usbb"), named("fuse"), named("phy")),
                List.of(
                        new ModuleHandling.Options(named("usb"), "fats=1"),
                        new ModuleHandling.Options(named("igb"), "a=\nb")),
                List.of(named("ibg"), named("phy")));

        assertRefused()
                .hasMessageContaining("linux 6.12.1-test has no module 'usbb' — did you mean 'usb'?")
                .hasMessageContaining("'fuse' is built into linux 6.12.1-test and cannot be blacklisted")
                .hasMessageContaining("'fats' is no parameter of usb — did you mean 'fast'?")
                .hasMessageContaining("the options of igb must be one line")
                .hasMessageContaining("linux 6.12.1-test has no module 'ibg' — did you mean 'igb'?")
                .hasMessageContaining("'phy' cannot be loaded and blacklisted");
    }

    @Test
    void dropsModulesUnlessOthersNeedThem() {
        ModuleSet set = set("*").without(List.of(
                new ModuleRule("drivers/net/phy/**", "modules.drop", position()),
                new ModuleRule("usb", "modules.drop", position())));

        assertThat(build(set).selected())
                .extracting(SelectedModule::name, SelectedModule::reason)
                .containsExactly(tuple("igb", "test"), tuple("phy", "needed by igb, though modules.drop names it"));

        assertThatThrownBy(() -> build(set("*").without(List.of(new ModuleRule("usbb", "modules.drop", position())))))
                .hasMessageContaining("'usbb' fits no module of linux 6.12.1-test — did you mean 'usb'?");
    }

    @Test
    void remembersAKernelUnderWhatIsAdded() {
        Kernel plain = build("usb");
        add("a.ko", fitting());
        Kernel first = build("usb");
        sources.clear();
        add("a.ko", fitting().info("description", "another"));

        assertThat(build("usb").modules()).isNotEqualTo(first.modules()).isNotEqualTo(plain.modules());
        sources.clear();
        assertThat(build("usb")).isEqualTo(plain);
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertRefused() {
        return assertThatThrownBy(() -> build("usb"))
                .isInstanceOfSatisfying(
                        BuildException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(BuildException.Kind.BAD_INPUT));
    }

    private static ModuleFixture fitting() {
        return fitting("GPL");
    }

    private static ModuleFixture fitting(String license) {
        return ModuleFixture.module().info("vermagic", VERMAGIC + " ").info("license", license);
    }

    private static Position position() {
        return new Position("lab.yaml", 4, 1);
    }

    private static ModuleHandling.Named named(String module) {
        return new ModuleHandling.Named(module, new Position("lab.yaml", 9, Math.abs(module.hashCode() % 90) + 1));
    }

    private void add(String name, ModuleFixture module) {
        add(name, name.endsWith(".xz") ? module.toXz() : module.toElf());
    }

    private void add(String name, byte[] content) {
        Tree tree = new Tree.Builder()
                .put(name, new Node.RegularFile(Attributes.root(0644, 0), Content.of(content)))
                .build(0);
        sources.add(new DriverSource(name, Digest.of(content), DriverSource.Form.MODULES, position(), scratch -> tree));
    }

    private void addDeb(String name, byte[] deb) {
        KernelTree tree = KernelTree.ofDeb(store, store.put(deb).digest(), name, "debian");
        sources.add(new DriverSource(name, tree.digest(), DriverSource.Form.ROOT, position(), tree.reader()));
    }

    private Kernel build(String module) {
        return build(set(module));
    }

    private static ModuleSet set(String module) {
        return ModuleSet.union(List.of()).changed(List.of(module), List.of(), "test", position());
    }

    private Kernel build(ModuleSet set) {
        byte[] kernel = new DebFixture()
                .file("boot/vmlinuz-" + RELEASE, "the kernel")
                .file("boot/config-" + RELEASE, config)
                .file(MODULES + "modules.builtin", "kernel/fs/fuse/fuse.ko\n")
                .file(
                        MODULES + "kernel/drivers/net/igb.ko",
                        fitting().info("depends", "phy").needs("phy_start", 4).toElf())
                .file(
                        MODULES + "kernel/drivers/net/phy/phy.ko",
                        fitting().exports("phy_start").toElf())
                .file(
                        MODULES + "kernel/drivers/usb/usb.ko",
                        fitting().info("parmtype", "fast:bool").toElf())
                .toBytes();
        byte[] headers = new DebFixture()
                .file("usr/src/linux-headers-" + headersRelease + "/Module.symvers", SYMVERS)
                .toBytes();
        Optional<KernelTree> symbols = headersRelease.isEmpty()
                ? Optional.empty()
                : Optional.of(KernelTree.ofDeb(store, store.put(headers).digest(), "headers", "debian"));
        return new KernelBuilder(store, DebFixture.MTIME, Progress.SILENT)
                .build(
                        KernelTree.ofDeb(store, store.put(kernel).digest(), "a kernel", "debian"),
                        Architecture.X86_64,
                        set,
                        new Drivers(sources, symbols, handling));
    }

    private String text(Kernel kernel, String path) throws IOException {
        Tree layer = TarLayer.read(store, kernel.modules().digest()).tree();
        try (InputStream in =
                ((Node.RegularFile) layer.get(path).orElseThrow()).content().open()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
