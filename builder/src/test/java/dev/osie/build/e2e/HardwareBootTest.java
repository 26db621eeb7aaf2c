package dev.osie.build.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.platform.Architecture;
import dev.osie.build.vm.Accelerator;
import dev.osie.build.vm.BootPair;
import dev.osie.build.vm.Machine;
import dev.osie.build.vm.Qemu;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One machine with much hardware, booted twice: without a driver for it, which its report tells, and with drivers that come from an
 * overlay alone. Then each controller's disk and each network card is there, disks have their names, and so has what is plugged in.
 */
@Tag("vm")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
final class HardwareBootTest {
    private static final Duration BOOT = Duration.ofMinutes(5);
    private static final Duration MOMENT = Duration.ofSeconds(90);
    private static final int DISK = 8 << 20;

    /** A card for CAN buses, which neither set nor overlay names. */
    private static final String CAN_CARD = "10e8:8406";

    private static final List<String> DISKS = List.of("nvme", "megasas", "lsi", "virtio-scsi", "ahci", "usb");
    private static final List<String> CARDS = List.of("e1000", "e1000e", "vmxnet3", "i82559c", "tulip");

    /** What the overlay has the drivers of: {@link #hardware}, and the IDE controller that every such machine has. */
    private static final List<String> DRIVEN = List.of(
            "1b36:0010",
            "1000:0060",
            "1000:0054",
            "1000:0012",
            "8086:2922",
            "1b36:000d",
            "8086:100e",
            "8086:10d3",
            "15ad:07b0",
            "8086:1229",
            "1011:0019",
            "8086:7010");

    private static final String UUID = "0e2e2017-5c5b-4b0c-b1ff-05e0c0ffee00";

    @TempDir
    private static Path directory;

    private static String bare;
    private static String bareDisks;
    private static String report;
    private static String disks;
    private static String hosts;
    private static String cards;
    private static String links;
    private static String plugged;
    private static String failures;

    @BeforeAll
    static void bootWithoutAndWithDrivers() throws Exception {
        Path without = build("minimal");
        Path with = build("minimal", "qemu");
        try (VirtualMachine machine = start(without, "hardware-bare")) {
            machine.waitFor("osie-build: no driver: pci:" + CAN_CARD, BOOT);
            silenceTheKernel(machine);
            bare = machine.shell("cat /run/osie/drivers", MOMENT);
            bareDisks = machine.shell("cat /sys/block/[!l]*/size", MOMENT);
        }
        try (VirtualMachine machine = start(with, "hardware-driven")) {
            machine.waitFor("osie-build: docker [\\d.]+", BOOT);
            machine.waitFor("osie-build: no driver: pci:" + CAN_CARD, MOMENT);
            for (int i = 0; i < CARDS.size(); i++) {
                machine.waitFor("osie-build: eth\\d has 10\\.9\\." + i + "\\.", MOMENT);
            }
            silenceTheKernel(machine);
            report = machine.shell("cat /run/osie/drivers", MOMENT);
            disks = machine.shell("cat /sys/block/*/size", MOMENT);
            hosts = machine.shell("cat /sys/class/scsi_host/*/proc_name", MOMENT);
            cards = machine.shell(
                    "for n in /sys/class/net/e*; do readlink $n/device/driver; done | sed 's|.*/||' | sort", MOMENT);
            // As an action sees it: in a container that binds /dev, once the worker has Docker.
            links = machine.shell(
                    "ctr -n services.linuxkit tasks exec --exec-id links docker "
                            + "/usr/bin/busybox find /dev/disk -type l",
                    MOMENT);
            plugIn();
            plugged = machine.shell(
                    "i=0; until ls /dev/disk/by-id/usb-*PLUGGED* /sys/bus/pci/drivers/8139cp/*:* >/dev/null 2>&1 || [ $i = 60 ]; "
                            + "do i=$((i + 1)); sleep 1; done; ls /dev/disk/by-id /sys/bus/pci/drivers/8139cp",
                    MOMENT);
            failures = machine.shell(
                    "echo '<4>e100 0000:00:03.0: Direct firmware load for e100/d102e_ucode.bin failed with error -2' >/dev/kmsg; "
                            + "echo '<3>igb 0000:00:09.0: probe with driver igb failed with error -5' >/dev/kmsg; "
                            + ". /usr/lib/osie-build/lib.sh; . /usr/lib/osie-build/drivers.sh; report_missing_drivers; "
                            + "cat /run/osie/drivers; ls -1 /usr/lib/firmware/e100",
                    MOMENT);
        }
    }

    @Test
    void namesEachDeviceThatTheImageHasNoDriverFor() {
        assertThat(bare.lines().map(line -> line.replaceFirst(" \\(.*", "")))
                .containsExactlyInAnyOrderElementsOf(bareReport());
        assertThat(bareDisks.lines())
                .as("the one disk that the minimal set has a driver for")
                .containsExactly(size(DISKS.indexOf("virtio-scsi")));
    }

    @Test
    void tellsTheDriversOfWhatTheMachineReported() throws Exception {
        Reference reference = Reference.build();
        List<String> arguments = new ArrayList<>(List.of("drivers"));
        DRIVEN.forEach(id -> arguments.add("pci:" + id));
        arguments.addAll(List.of(
                "--overlay",
                "minimal",
                "--overlay",
                "qemu",
                "--lock",
                reference.lock().toString()));

        OsieBuild.Result told =
                Project.checkout().osieBuild().cachingIn(reference.cache()).run(arguments.toArray(String[]::new));

        assertThat(told.output()).contains("e1000e: in the image", "megaraid_sas: in the image");
    }

    @Test
    void seesTheDiskBehindEachController() {
        for (int i = 0; i < DISKS.size(); i++) {
            assertThat(disks.lines()).as("the disk at " + DISKS.get(i)).contains(size(i));
        }
    }

    @Test
    void loadsTheDriverOfEachController() {
        // Of the disks behind QEMU's mptsas Linux learns nothing.
        assertThat(hosts.lines()).contains("mptsas", "megaraid_sas", "sym53c8xx", "ahci", "virtio_scsi", "usb-storage");
    }

    @Test
    void bringsUpEachNetworkCard() {
        assertThat(cards.lines()).containsExactly("e100", "e1000", "e1000e", "tulip", "virtio_net", "vmxnet3");
    }

    @Test
    void givesDisksTheirNames() {
        assertThat(links.lines().map(line -> line.replaceFirst("/dev/disk/", "")))
                .anyMatch(link -> link.matches("by-id/nvme-.*_SERIAL-nvme"))
                .anyMatch(link -> link.matches("by-id/scsi-.*SERIAL-virtio-scsi"))
                .anyMatch(link -> link.matches("by-id/ata-QEMU_HARDDISK_SERIAL-ahci"))
                .anyMatch(link -> link.matches("by-id/usb-QEMU_.*SERIAL-usb.*"))
                .anyMatch(link -> link.matches("by-path/pci-.*-nvme-1"))
                .anyMatch(link -> link.matches("by-path/pci-.*-scsi-.*"))
                .contains("by-uuid/" + UUID);
    }

    @Test
    void namesAndDrivesWhatIsPluggedIn() {
        assertThat(plugged).containsPattern("usb-QEMU_.*PLUGGED").containsPattern("0000:00:[0-9a-f]{2}\\.0");
    }

    @Test
    void hasTheFirmwareOfItsModulesAndTellsWhatTheKernelComplainsOf() {
        assertThat(report).containsOnlyOnce("no driver: ").doesNotContain("no firmware", "failed driver");
        assertThat(failures)
                .contains("no firmware: e100/d102e_ucode.bin\n")
                .contains("failed driver: igb (at 0000:00:09.0, error -5)\n")
                .contains("d101m_ucode.bin\nd101s_ucode.bin\nd102e_ucode.bin\n");
    }

    private static List<String> bareReport() {
        List<String> lines = new ArrayList<>();
        DRIVEN.forEach(id -> lines.add("no driver: pci:" + id));
        lines.add("no driver: pci:" + CAN_CARD);
        return lines;
    }

    private static String size(int disk) {
        return Integer.toString(DISK / 512 + 2048 * disk);
    }

    private static Path build(String... overlays) throws Exception {
        Reference reference = Reference.build();
        Path output = directory.resolve(String.join("-", overlays));
        List<String> arguments = new ArrayList<>(List.of("build", "hook", "--output", output.toString()));
        List.of(overlays).forEach(overlay -> arguments.addAll(List.of("--overlay", overlay)));
        arguments.addAll(List.of("--lock", reference.lock().toString()));
        Project.checkout()
                .osieBuild()
                .cachingIn(reference.cache())
                .run(arguments.toArray(String[]::new))
                .succeeded();
        return output;
    }

    private static VirtualMachine start(Path output, String log) throws IOException {
        List<String> command = new ArrayList<>(Qemu.find(Architecture.X86_64)
                .command(
                        new Machine(
                                BootPair.in(output, "hook", Architecture.X86_64),
                                Accelerator.TCG,
                                Machine.DEFAULT_MEMORY,
                                2,
                                Optional.empty(),
                                List.of(),
                                List.of()),
                        false));
        command.addAll(hardware());
        command.addAll(QemuMonitor.arguments(monitor()));
        return VirtualMachine.start(
                command, Path.of("target", "vm-logs", log + ".log").toAbsolutePath());
    }

    /** Nothing of it is to be between the lines of what is looked at from here on. */
    private static void silenceTheKernel(VirtualMachine machine) throws Exception {
        machine.shell("dmesg -n 1", MOMENT);
    }

    private static Path monitor() {
        return directory.resolve("monitor");
    }

    private static void plugIn() throws IOException {
        Path disk = blank("plugged", DISK);
        try (QemuMonitor monitor = QemuMonitor.connect(monitor())) {
            assertThat(monitor.run("drive_add 0 if=none,format=raw,id=plugged,file=" + disk))
                    .isEqualTo("OK");
            assertThat(monitor.run("device_add usb-storage,bus=xhci.0,drive=plugged,serial=PLUGGED"))
                    .isEmpty();
            assertThat(monitor.run("device_add rtl8139,romfile=")).isEmpty();
        }
    }

    private static List<String> hardware() throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-object", "can-bus,id=can"));
        for (int i = 0; i < DISKS.size(); i++) {
            Path disk = blank(DISKS.get(i), DISK + (1L << 20) * i);
            arguments.addAll(List.of("-drive", "if=none,format=raw,id=" + DISKS.get(i) + ",file=" + disk));
        }
        giveUuid(directory.resolve("ahci.img"));
        for (String device : List.of(
                "nvme,drive=nvme,serial=SERIAL-nvme",
                "megasas,id=raid",
                "scsi-hd,bus=raid.0,drive=megasas",
                "mptsas1068",
                "lsi53c895a,id=lsi53c895a",
                "scsi-hd,bus=lsi53c895a.0,drive=lsi",
                "virtio-scsi-pci,id=vscsi",
                "scsi-hd,bus=vscsi.0,drive=virtio-scsi,serial=SERIAL-virtio-scsi",
                "ich9-ahci,id=sata",
                "ide-hd,bus=sata.0,drive=ahci,serial=SERIAL-ahci",
                "qemu-xhci,id=xhci",
                "usb-storage,bus=xhci.0,drive=usb,serial=SERIAL-usb",
                "kvaser_pci,canbus=can")) {
            arguments.addAll(List.of("-device", device));
        }
        for (int i = 0; i < CARDS.size(); i++) {
            arguments.addAll(List.of("-netdev", "user,id=card" + i + ",restrict=on,net=10.9." + i + ".0/24"));
            arguments.addAll(List.of("-device", CARDS.get(i) + ",netdev=card" + i + ",romfile="));
        }
        return arguments;
    }

    private static Path blank(String name, long size) throws IOException {
        Path disk = directory.resolve(name + ".img");
        Files.deleteIfExists(disk);
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(size);
        }
        return disk;
    }

    /** The header of a swap area (mkswap(8)), the smallest thing that has a UUID. */
    private static void giveUuid(Path disk) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.seek(1024);
            file.write(new byte[] {1, 0, 0, 0});
            file.write(new byte[] {(byte) 0xff, 0x03, 0, 0});
            file.seek(1024 + 12);
            for (String pair : UUID.replace("-", "").split("(?<=\\G..)")) {
                file.write(Integer.parseInt(pair, 16));
            }
            file.seek(4096 - 10);
            file.writeBytes("SWAPSPACE2");
        }
    }
}
