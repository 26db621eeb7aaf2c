package dev.osie.worker.inventory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.proto.AgentAttributes;
import dev.osie.worker.proto.Block;
import dev.osie.worker.proto.Network;
import dev.osie.worker.proto.PCI;
import dev.osie.worker.proto.Processor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class InventoryTest {
    /** What a server stores at most, in bytes of JSON. */
    private static final int SERVER_LIMIT = 64 * 1024;

    @TempDir
    private Path root;

    @Test
    void countsSocketsCoresAndThreadsThatAreOn() throws IOException {
        AgentAttributes attributes = attributes(tree().server());

        assertThat(attributes.getCpu().getTotalCores()).isEqualTo(3);
        assertThat(attributes.getCpu().getTotalThreads()).isEqualTo(4);
        assertThat(attributes.getCpu().getProcessorsList())
                .containsExactly(
                        processor().setId(0).setCores(2).setThreads(2).build(),
                        processor().setId(1).setCores(1).setThreads(2).build());
    }

    @Test
    void memoryIsWhatIsBuiltInAndWhatIsUsable() throws IOException {
        AgentAttributes attributes = attributes(tree().server());

        assertThat(attributes.getMemory().getTotal()).isEqualTo("16GB");
        assertThat(attributes.getMemory().getUsable()).isEqualTo("16GB");
    }

    @Test
    void withoutBlocksTheUsableMemoryIsAllThatIsKnown() throws IOException {
        AgentAttributes attributes = attributes(tree().file("proc/meminfo", "MemTotal:  4000000 kB"));

        assertThat(attributes.getMemory().getTotal()).isEqualTo("4GB");
    }

    @Test
    void tellsDisksFromWhatOnlyLooksLikeThem() throws IOException {
        assertThat(attributes(tree().server()).getBlockList())
                .containsExactly(
                        Block.newBuilder()
                                .setName("nvme0n1")
                                .setControllerType("NVMe")
                                .setDriveType("SSD")
                                .setSize("4TB")
                                .setPhysicalBlockSize("512B")
                                .setModel("SAMSUNG MZQL23T8")
                                .setWwn("eui.0025385b71b0a0c1")
                                .setSerialNumber("S64")
                                .build(),
                        Block.newBuilder()
                                .setName("sda")
                                .setControllerType("SCSI")
                                .setDriveType("HDD")
                                .setSize("932GB")
                                .setPhysicalBlockSize("4KB")
                                .setVendor("ATA")
                                .setModel("ST1000NM0033-9ZM")
                                .setWwn("0x5000c5007a0b1c2d")
                                .setSerialNumber("Z1W0ABCD")
                                .build(),
                        Block.newBuilder()
                                .setName("vda")
                                .setControllerType("virtio")
                                .setDriveType("HDD")
                                .setSize("1MB")
                                .setSerialNumber("scratch")
                                .build());
    }

    @Test
    void namesInterfacesWithTheSpeedOfTheirLink() throws IOException {
        assertThat(attributes(tree().server()).getNetworkList())
                .containsExactly(
                        Network.newBuilder()
                                .setName("eth0")
                                .setMac("02:00:00:00:00:01")
                                .setSpeed("25000Mb/s")
                                .build(),
                        Network.newBuilder()
                                .setName("eth1")
                                .setMac("02:00:00:00:00:02")
                                .build());
    }

    @Test
    void pciDevicesHaveNumbersAClassAndTheirDriver() throws IOException {
        AgentAttributes attributes = attributes(tree().server());

        assertThat(attributes.getPciList()).hasSize(3);
        assertThat(attributes.getPci(1))
                .isEqualTo(PCI.newBuilder()
                        .setVendor("15b3")
                        .setProduct("101b")
                        .setClass_("Network controller")
                        .setDriver("mlx5_core")
                        .build());
        assertThat(attributes.getGpuList())
                .singleElement()
                .satisfies(gpu -> assertThat(gpu.getDriver()).isEqualTo("mgag200"));
    }

    @Test
    void readsTheTablesOfTheFirmware() throws IOException {
        AgentAttributes attributes = attributes(tree().server());

        assertThat(attributes.getProduct().getName()).isEqualTo("PowerEdge R740");
        assertThat(attributes.getProduct().getSerialNumber()).isEqualTo("CH1");
        assertThat(attributes.getBaseboard().getProduct()).isEqualTo("0H21J3");
        assertThat(attributes.getBios().getReleaseDate()).isEqualTo("11/20/2018");
        assertThat(attributes.getChassis().getVendor()).isEqualTo("Dell Inc.");
    }

    @Test
    void withoutThemTheDeviceTreeNamesTheMachine() throws IOException {
        SystemTree tree = tree().bytes("sys/firmware/devicetree/base/model", "Raspberry Pi 4 Model B\0".getBytes(UTF_8))
                .bytes("sys/firmware/devicetree/base/serial-number", "10000000abcdef\0".getBytes(UTF_8));

        assertThat(attributes(tree).getProduct().getName()).isEqualTo("Raspberry Pi 4 Model B");
        assertThat(attributes(tree).getProduct().getSerialNumber()).isEqualTo("10000000abcdef");
    }

    @Test
    void aMachineThatShowsNothingHasAnEmptyInventory() {
        Inventory inventory = Inventory.read(tree().files());

        assertThat(inventory.devices()).isEmpty();
        assertThat(inventory.attributes().getBlockList()).isEmpty();
        assertThat(inventory.attributes().getCpu().getTotalCores()).isZero();
    }

    @Test
    void garbageInEveryFileIsNoReasonToFail() throws IOException {
        tree().server();
        Random random = new Random(1);
        try (var files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] garbage = new byte[random.nextInt(3000)];
                random.nextBytes(garbage);
                Files.write(file, garbage);
            }
        }

        AgentAttributes attributes = attributes(tree());

        assertThat(attributes.getNetworkList()).hasSize(2);
        assertThat(InventoryJson.write(Inventory.read(tree().files()))).doesNotContain("\u0000", "\ufffd");
        assertThat(AgentAttributes.parseFrom(attributes.toByteArray())).isEqualTo(attributes);
    }

    @Test
    void aFileWithoutEndAndADirectoryInsteadOfAFileAreCut() throws IOException {
        byte[] endless = new byte[3_000_000];
        Arrays.fill(endless, (byte) 'x');
        tree().bytes("sys/class/dmi/id/product_name", endless).bytes("proc/cpuinfo", endless);
        Files.createDirectories(root.resolve("sys/class/dmi/id/sys_vendor"));

        AgentAttributes attributes = attributes(tree());

        assertThat(attributes.getProduct().getName()).hasSize(SystemFiles.TEXT_LIMIT);
        assertThat(attributes.getProduct().getVendor()).isEmpty();
    }

    @Test
    void aMachineWithHundredsOfDevicesStillFitsIntoTheServersLimit() throws IOException {
        SystemTree tree = tree().file("proc/cpuinfo", "flags : " + "avx512_vpopcntdq ".repeat(250));
        for (int i = 0; i < 120; i++) {
            tree.processor(i, i / 37, i);
            tree.pci(String.format("%04x:00:00.0", i), "8086:1521", "020000", "a_driver_with_a_long_name_indeed");
            tree.file("sys/block/sd" + i + "/size", "1000000")
                    .file("sys/block/sd" + i + "/device/model", "m".repeat(300));
            tree.file("sys/class/net/n" + i + "/address", "02:00:00:00:00:01");
        }

        Inventory inventory = Inventory.read(tree.files());

        String json = InventoryJson.write(inventory);
        assertThat(json.substring(0, json.indexOf("\"devices\""))
                                .replaceAll("(?m)^ +|\n", "")
                                .length()
                        + inventory.attributes().getPciCount() * 120)
                .isLessThan(SERVER_LIMIT);
        assertThat(inventory.attributes().getCpu().getTotalThreads()).isEqualTo(120);
        assertThat(inventory.attributes().getPciCount()).isGreaterThan(50);
        assertThat(inventory.attributes().getBlockCount()).isGreaterThan(50);
        assertThat(inventory.devices())
                .as("for people and tools there is no limit")
                .hasSize(120);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, ''",
        "0, ''",
        "512, 512B",
        "1023, 1023B",
        "1024, 1KB",
        "1025, 2KB",
        "1073741823, 1024MB",
        "1000204886016, 932GB",
        "4000787030016, 4TB",
        "9223372036854775807, 8EB"
    })
    void sizesAreRoundedUpInTheLargestUnit(long bytes, String text) {
        assertThat(ByteSize.format(bytes)).isEqualTo(text);
    }

    @Test
    void isPrintedInAFormThatDoesNotChange() throws IOException {
        try (InputStream golden = InventoryTest.class.getResourceAsStream("server.json")) {
            assertThat(InventoryJson.write(Inventory.read(tree().server().files())))
                    .isEqualTo(new String(golden.readAllBytes(), UTF_8));
        }
    }

    private SystemTree tree() {
        return new SystemTree(root);
    }

    private static AgentAttributes attributes(SystemTree tree) {
        return Inventory.read(tree.files()).attributes();
    }

    private static Processor.Builder processor() {
        return Processor.newBuilder()
                .setVendor("GenuineIntel")
                .setModel("Intel(R) Xeon(R) \"Gold\"")
                .addCapabilities("fpu")
                .addCapabilities("vme")
                .addCapabilities("de");
    }
}
