package dev.osie.build.kernel;

import static dev.osie.build.kernel.DebianKernels.BACKPORTS;
import static dev.osie.build.kernel.DebianKernels.CLOUD;
import static dev.osie.build.kernel.DebianKernels.LTS;
import static dev.osie.build.kernel.DebianKernels.set;
import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Scratch;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    private static DebianKernels debian;

    private static final Path CONFIGS = Path.of("..", "kernel-configs");

    private static final Path OVERLAYS = Path.of("..", "linuxkit-templates", "overlays");

    @TempDir
    private static Path directory;

    @BeforeAll
    static void fetch() throws IOException {
        debian = DebianKernels.fetch(directory);
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void indexesAllModulesAsKmodDoes(Architecture architecture) throws Exception {
        Kernel kernel = debian.build(LTS, architecture, ModuleSet.all(new Position("all", 1, 1)));

        assertThat(kernel.selected()).hasSizeGreaterThan(4000);
        assertIndexesEqualThoseOfKmod(kernel);
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void indexesTheModulesForProvisioningAsKmodDoes(Architecture architecture) throws Exception {
        assertIndexesEqualThoseOfKmod(debian.build(LTS, architecture, set("provisioning", architecture)));
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void selectsFromTheKernelForVirtualMachines(Architecture architecture) throws Exception {
        Kernel kernel = debian.build(CLOUD, architecture, set("cloud", architecture));

        assertThat(kernel.release()).endsWith("-cloud-" + architecture.debianName());
        assertThat(kernel.selected())
                .extracting(SelectedModule::name)
                .contains("virtio_net", "virtio_blk", "virtio_scsi", "hv_netvsc", "xen_netfront", "xfs", "overlay");
        assertIndexesEqualThoseOfKmod(kernel);
    }

    /** Of linux 7.3 Debian makes several packages, whose files lie elsewhere. */
    @Test
    void takesTheKernelOfAnotherSuiteOutOfSeveralPackages() throws Exception {
        Kernel kernel = debian.build(BACKPORTS, Architecture.X86_64, set("provisioning", Architecture.X86_64));

        assertThat(debian.packagesOf(BACKPORTS, Architecture.X86_64))
                .allSatisfy(binary -> assertThat(binary.suite()).contains("trixie-backports"));
        assertThat(debian.packagesOf(LTS, Architecture.X86_64))
                .allSatisfy(binary -> assertThat(binary.suite()).isEmpty());
        assertThat(kernel.vmlinuz().size()).isGreaterThan(10 << 20);
        assertIndexesEqualThoseOfKmod(kernel);
    }

    /** The kernel finds the files by their names, and hands the processor Intel's where they lie: at a multiple of 16. */
    @Test
    void makesAnArchiveOfMicrocodeThatCpioReads() throws Exception {
        Blob archive = new MicrocodeBuilder(debian.store(), 1, Progress.SILENT).build(debian.microcode());

        Path file = debian.store().path(archive.digest());
        assertThat(cpio(file, "--list", "--quiet").lines())
                .contains("kernel/x86/microcode/GenuineIntel.bin", "kernel/x86/microcode/AuthenticAMD.bin")
                .startsWith("kernel", "kernel/x86", "kernel/x86/microcode");
        String intel = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        int content = (intel.indexOf("GenuineIntel.bin") + "GenuineIntel.bin".length() + 1 + 3) / 4 * 4;
        assertThat(content % 16).isZero();
        assertThat((int) intel.charAt(content))
                .as("version of the first update's header")
                .isOne();
        Path unpacked = Files.createTempDirectory(directory, "microcode-");
        cpio(file, "--extract", "--make-directories", "--quiet", "--directory", unpacked.toString());
        assertThat(Files.size(unpacked.resolve("kernel/x86/microcode/GenuineIntel.bin")))
                .isBetween(10L << 20, 20L << 20);
        assertThat(unpacked.resolve("kernel/x86/microcode/AuthenticAMD.bin"))
                .content(StandardCharsets.ISO_8859_1)
                .startsWith("DMA\0");
    }

    private static String cpio(Path archive, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("cpio"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectInput(archive.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @Test
    void bringsTheDeviceTreesOfBoards() {
        Kernel kernel = debian.build(LTS, Architecture.AARCH64, set("provisioning", Architecture.AARCH64));

        assertThat(TarLayer.read(
                                debian.store(),
                                kernel.deviceTrees().orElseThrow().digest())
                        .tree()
                        .nodes())
                .containsKeys("broadcom/bcm2711-rpi-4-b.dtb", "rockchip/rk3399-rockpro64.dtb")
                .hasSizeGreaterThan(500);
        assertThat(debian.build(LTS, Architecture.X86_64, set("provisioning", Architecture.X86_64))
                        .deviceTrees())
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void bringsWhatAnOsieCannotDoWithout(Architecture architecture) {
        Kernel kernel = debian.build(LTS, architecture, set("provisioning", architecture));

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

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void hasModulesForEveryRuleThatIsShipped(Architecture architecture) throws IOException {
        List<ModuleSet> shipped = new ArrayList<>();
        for (Path file : documents(CONFIGS.resolve("modules"))) {
            String name = file.getFileName().toString().replace(".yaml", "");
            shipped.add(ModuleSet.read(CONFIGS.resolve("modules"), name, architecture));
        }
        int sets = shipped.size();
        for (Path file : documents(OVERLAYS)) {
            List<String> added = Fields.of(YamlReader.read(file), "overlay", new Problems())
                    .fields("osie")
                    .flatMap(osie -> osie.fields("kernel"))
                    .map(kernel -> kernel.texts("modules.add"))
                    .orElse(List.of());
            if (!added.isEmpty()) {
                shipped.add(ModuleSet.union(List.of())
                        .changed(added, List.of(), "overlay", Position.whole(file.toString())));
            }
        }

        assertThat(sets).isGreaterThan(10);
        assertThat(shipped).hasSizeGreaterThan(sets);
        KernelTree origin = debian.tree(LTS, architecture);
        KernelBuilder builder = new KernelBuilder(debian.store(), 0, Progress.SILENT);
        try (Scratch scratch = debian.store().scratch()) {
            ModuleList list =
                    ModuleList.of(KernelFiles.modulesOf(origin.reader().apply(scratch), origin.name()));
            assertThat(ModuleSelection.select(
                            list, ModuleSet.union(shipped), () -> builder.drivers(origin, architecture, Drivers.NONE)))
                    .hasSizeGreaterThan(800);
        }
    }

    private static List<Path> documents(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    private static void assertIndexesEqualThoseOfKmod(Kernel kernel) throws Exception {
        Path root = debian.unpackedForDepmod(kernel);
        Path modules = root.resolve("usr/lib/modules").resolve(kernel.release());
        Map<String, Digest> ours = lists(modules);
        for (String name : ours.keySet()) {
            if (!List.of(KernelFiles.ORDER, KernelFiles.BUILTIN, KernelFiles.BUILTIN_MODINFO)
                    .contains(name)) {
                Files.delete(modules.resolve(name));
            }
        }

        debian.depmod().run(root, kernel.release());

        assertThat(ours).hasSizeGreaterThan(10).isEqualTo(lists(modules));
        assertThat(TarLayer.read(debian.store(), kernel.modules().digest())
                        .tree()
                        .nodes()
                        .values())
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
}
