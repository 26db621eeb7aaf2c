package dev.osie.build.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.platform.Architecture;
import dev.osie.build.vm.Accelerator;
import dev.osie.build.vm.BootPair;
import dev.osie.build.vm.Machine;
import dev.osie.build.vm.Qemu;
import java.io.IOException;
import java.io.RandomAccessFile;
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
 * One machine with much hardware: each controller's disk and each network card is seen, firmware is found, and a device without a
 * driver is named as the verb drivers names it beforehand.
 */
@Tag("vm")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class HardwareBootTest {
    private static final Duration BOOT = Duration.ofMinutes(4);
    private static final Duration MOMENT = Duration.ofSeconds(60);
    private static final Path LOG =
            Path.of("target", "vm-logs", "hardware-boot-test.log").toAbsolutePath();
    private static final int DISK = 8 << 20;

    /** A card for CAN buses, which no module set names. */
    private static final String WITHOUT_DRIVER = "10e8:8406";

    private static final List<String> DISKS = List.of("nvme", "megasas", "lsi", "virtio-scsi", "ahci", "usb");
    private static final List<String> CARDS = List.of("e1000", "e1000e", "vmxnet3", "i82559c", "rtl8139", "tulip");

    @TempDir
    private static Path directory;

    private static String disks;
    private static String hosts;
    private static String cards;
    private static String report;
    private static String withoutFirmware;

    @BeforeAll
    static void boot() throws Exception {
        Reference reference = Reference.build();
        List<String> command = new ArrayList<>(Qemu.find(Architecture.X86_64)
                .command(
                        new Machine(
                                BootPair.in(reference.output(), "hook", Architecture.X86_64),
                                Accelerator.TCG,
                                Machine.DEFAULT_MEMORY,
                                2,
                                Optional.empty(),
                                List.of(),
                                List.of()),
                        false));
        command.addAll(hardware());
        try (VirtualMachine machine = VirtualMachine.start(command, LOG)) {
            machine.waitFor("osie-build: services [\\d.]+", BOOT);
            machine.waitFor("osie-build: no driver: pci:" + WITHOUT_DRIVER, MOMENT);
            report = machine.shell("cat /run/osie/drivers", MOMENT);
            for (int i = 0; i < CARDS.size(); i++) {
                machine.waitFor("osie-build: eth\\d has 10\\.9\\." + i + "\\.", MOMENT);
            }
            // Nothing of the kernel between the lines of what is looked at from here on.
            machine.shell("dmesg -n 1", MOMENT);
            disks = machine.shell("cat /sys/block/*/size", MOMENT);
            hosts = machine.shell("cat /sys/class/scsi_host/*/proc_name", MOMENT);
            cards = machine.shell(
                    "for n in /sys/class/net/e*; do readlink $n/device/driver; done | sed 's|.*/||' | sort", MOMENT);
            withoutFirmware = machine.shell(
                    "echo '<4>e100 0000:00:03.0: Direct firmware load for e100/d102e_ucode.bin failed with error -2' >/dev/kmsg; "
                            + ". /usr/lib/osie-build/lib.sh; . /usr/lib/osie-build/drivers.sh; report_missing_drivers; "
                            + "cat /run/osie/drivers; ls -1 /usr/lib/firmware/e100",
                    MOMENT);
        }
    }

    @Test
    void seesTheDiskBehindEachController() {
        for (int i = 0; i < DISKS.size(); i++) {
            assertThat(disks.lines())
                    .as("the disk at " + DISKS.get(i))
                    .contains(Integer.toString(DISK / 512 + 2048 * i));
        }
    }

    @Test
    void loadsTheDriverOfEachController() {
        // Of the disks behind QEMU's mptsas Linux learns nothing.
        assertThat(hosts.lines()).contains("mptsas", "megaraid_sas", "sym53c8xx", "ahci", "virtio_scsi", "usb-storage");
    }

    @Test
    void bringsUpEachNetworkCard() {
        assertThat(cards.lines())
                .containsExactly("8139cp", "e100", "e1000", "e1000e", "tulip", "virtio_net", "vmxnet3");
    }

    @Test
    void hasTheFirmwareOfItsModulesAndNamesWhatTheKernelLooksForInVain() {
        assertThat(report).doesNotContain("no firmware");
        assertThat(withoutFirmware)
                .contains("no firmware: e100/d102e_ucode.bin\n")
                .contains("d101m_ucode.bin\nd101s_ucode.bin\nd102e_ucode.bin\n");
    }

    @Test
    void namesTheDeviceWithoutADriver() throws Exception {
        assertThat(report).containsOnlyOnce("no driver: ").contains("pci:" + WITHOUT_DRIVER);

        Reference reference = Reference.build();
        OsieBuild.Result told = Project.checkout()
                .osieBuild()
                .cachingIn(reference.cache())
                .run(
                        "drivers",
                        "pci:" + WITHOUT_DRIVER,
                        "--lock",
                        reference.lock().toString());
        assertThat(told.exitCode()).isEqualTo(4);
        assertThat(told.output()).contains("kvaser_pci: in the kernel, not in this image", "modules.add: [kvaser_pci]");
    }

    private static List<String> hardware() throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-object", "can-bus,id=can"));
        for (int i = 0; i < DISKS.size(); i++) {
            Path disk = directory.resolve(DISKS.get(i) + ".img");
            try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
                file.setLength(DISK + (1L << 20) * i);
            }
            arguments.addAll(List.of("-drive", "if=none,format=raw,id=" + DISKS.get(i) + ",file=" + disk));
        }
        for (String device : List.of(
                "nvme,drive=nvme,serial=one",
                "megasas,id=raid",
                "scsi-hd,bus=raid.0,drive=megasas",
                "mptsas1068",
                "lsi53c895a,id=lsi53c895a",
                "scsi-hd,bus=lsi53c895a.0,drive=lsi",
                "virtio-scsi-pci,id=vscsi",
                "scsi-hd,bus=vscsi.0,drive=virtio-scsi",
                "ich9-ahci,id=sata",
                "ide-hd,bus=sata.0,drive=ahci",
                "qemu-xhci,id=xhci",
                "usb-storage,bus=xhci.0,drive=usb",
                "kvaser_pci,canbus=can")) {
            arguments.addAll(List.of("-device", device));
        }
        for (int i = 0; i < CARDS.size(); i++) {
            arguments.addAll(List.of("-netdev", "user,id=card" + i + ",restrict=on,net=10.9." + i + ".0/24"));
            arguments.addAll(List.of("-device", CARDS.get(i) + ",netdev=card" + i + ",romfile="));
        }
        return arguments;
    }
}
