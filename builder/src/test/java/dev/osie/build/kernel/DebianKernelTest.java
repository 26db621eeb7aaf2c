package dev.osie.build.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.Downloader;
import dev.osie.build.debian.Keyring;
import dev.osie.build.debian.Mirror;
import dev.osie.build.debian.Mirrors;
import dev.osie.build.debian.PackageFetcher;
import dev.osie.build.debian.Suite;
import dev.osie.build.debian.SuiteReader;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockRequest;
import dev.osie.build.lock.Locker;
import dev.osie.build.lock.PackageSet;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import dev.osie.build.yaml.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Debian's current kernels for both architectures, from the mirror this host is set up with. */
@Tag("tools")
class DebianKernelTest {
    private static final Path CONFIGS = Path.of("..", "kernel-configs");

    /** Outlives the test, because kernels are large; {@code mvn clean} removes it. */
    private static final Path CACHE = Path.of("target", "debian-kernels");

    private static final KernelOrigin.DebianPackage ORIGIN = (KernelOrigin.DebianPackage)
            KernelDefinition.read(CONFIGS, "debian-lts").origin();

    private static Store store;
    private static Lock lock;
    private static DebianDepmod depmod;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void fetchKernelsAndKmod() throws IOException {
        store = Store.open(CACHE);
        Mirrors mirrors = Mirrors.ofHost();
        Mirror mirror = mirrors.find(Optional.empty(), Optional.empty());
        Downloader downloader = Downloader.create(System.getenv());
        Clock clock = Clock.systemUTC();
        SuiteReader reader = new SuiteReader(mirror, Keyring.debian(clock), downloader, store, clock);
        List<LockRequest> requests = new ArrayList<>();
        for (Architecture architecture : Architecture.values()) {
            requests.add(new LockRequest(
                    architecture,
                    List.of(
                            PackageSet.closed("kernel", List.of(ORIGIN.name(architecture)), ORIGIN.exclude()),
                            PackageSet.closed("kmod", List.of("kmod"), List.of()))));
        }
        lock = new Locker(reader, Suite.DEFAULT, binary -> new byte[0], Progress.SILENT).resolve(requests);
        List<BinaryPackage> kmod = lock.packagesOf(Architecture.parse(System.getProperty("os.arch")), "kmod");
        List<BinaryPackage> needed = new ArrayList<>(kmod);
        Stream.of(Architecture.values()).map(DebianKernelTest::kernelOf).forEach(needed::add);
        new PackageFetcher(
                        mirror,
                        mirrors.fallback(Optional.empty()),
                        downloader,
                        store,
                        Progress.SILENT,
                        "osie-build lock")
                .fetch(needed);
        depmod = DebianDepmod.unpack(store, kmod, Files.createDirectory(directory.resolve("kmod")));
    }

    @Test
    void indexesAllModulesAsKmodDoes() throws Exception {
        ModuleSet all = ModuleSet.union(List.of()).changed(List.of("*"), List.of(), "all", new Position("all", 1, 1));

        assertIndexesEqualThoseOfKmod(build(Architecture.X86_64, all));
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void indexesTheModulesForProvisioningAsKmodDoes(Architecture architecture) throws Exception {
        assertIndexesEqualThoseOfKmod(build(architecture, provisioning(architecture)));
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void bringsWhatAnOsieCannotDoWithout(Architecture architecture) {
        Kernel kernel = build(architecture, provisioning(architecture));

        assertThat(kernel.selected())
                .extracting(SelectedModule::name)
                .contains("virtio_net", "virtio_blk", "virtio_scsi", "e1000", "e1000e", "igb", "ixgbe", "mlx5_core")
                .contains("ahci", "nvme", "megaraid_sas", "mpt3sas", "usb_storage", "uas", "dm_mod", "raid1")
                .contains("ext4", "xfs", "btrfs", "vfat", "squashfs", "isofs", "overlay", "loop")
                .contains(
                        "bridge",
                        "br_netfilter",
                        "veth",
                        "nf_tables",
                        "nft_compat",
                        "xfrm_user",
                        "xt_MASQUERADE",
                        "ip_tables")
                .contains("xhci_pci", "usbhid", "ipmi_si", "bonding", "8021q");
        assertThat(kernel.selected())
                .extracting(SelectedModule::path)
                .noneMatch(path -> path.matches("kernel/(sound|drivers/(gpu|media|infiniband|net/wireless))/.*"));
        assertThat(kernel.modules().size()).isLessThan(31L << 20);
    }

    private static void assertIndexesEqualThoseOfKmod(Kernel kernel) throws Exception {
        Path root = Files.createTempDirectory(directory, "root-");
        Tree layer = TarLayer.read(store, kernel.modules().digest()).tree();
        DebianDepmod.unpack(layer, root);
        Files.createSymbolicLink(root.resolve("lib"), Path.of("usr", "lib"));
        Path modules = root.resolve("usr/lib/modules").resolve(kernel.release());
        Map<String, Digest> ours = lists(modules);
        for (String name : ours.keySet()) {
            if (!List.of(KernelFiles.ORDER, KernelFiles.BUILTIN, KernelFiles.BUILTIN_MODINFO)
                    .contains(name)) {
                Files.delete(modules.resolve(name));
            }
        }

        depmod.run(root, kernel.release());

        assertThat(ours).hasSizeGreaterThan(10).isEqualTo(lists(modules));
        assertThat(layer.nodes().values())
                .filteredOn(Node.RegularFile.class::isInstance)
                .hasSize(kernel.selected().size() + ours.size());
    }

    private static Map<String, Digest> lists(Path modules) throws IOException {
        Map<String, Digest> digests = new TreeMap<>();
        try (Stream<Path> files = Files.list(modules)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                digests.put(file.getFileName().toString(), Digest.of(Files.readAllBytes(file)));
            }
        }
        return digests;
    }

    private static ModuleSet provisioning(Architecture architecture) {
        return ModuleSet.read(CONFIGS.resolve("modules"), "provisioning", architecture);
    }

    private static Kernel build(Architecture architecture, ModuleSet modules) {
        BinaryPackage deb = kernelOf(architecture);
        return new KernelBuilder(store, lock.date().getEpochSecond(), Progress.SILENT)
                .build(KernelTree.of(store, deb), architecture, modules);
    }

    private static BinaryPackage kernelOf(Architecture architecture) {
        return ORIGIN.kernelAmong(lock.packagesOf(architecture, "kernel"), architecture);
    }
}
