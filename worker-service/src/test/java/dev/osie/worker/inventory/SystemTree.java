package dev.osie.worker.inventory;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A machine's /sys and /proc in a directory of a test. */
final class SystemTree {
    private final Path root;

    SystemTree(Path root) {
        this.root = root;
    }

    SystemFiles files() {
        return new SystemFiles(root);
    }

    /** A file with these lines. */
    SystemTree file(String path, String... lines) throws IOException {
        return bytes(path, (String.join("\n", lines) + "\n").getBytes(UTF_8));
    }

    SystemTree bytes(String path, byte[] content) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        return this;
    }

    SystemTree link(String path, String target) throws IOException {
        Path link = root.resolve(path);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, Path.of(target));
        return this;
    }

    SystemTree processor(int number, int socket, int core) throws IOException {
        String directory = "sys/devices/system/cpu/cpu" + number;
        file(directory + "/topology/physical_package_id", Integer.toString(socket));
        return file(directory + "/topology/core_id", Integer.toString(core));
    }

    SystemTree pci(String address, String ids, String deviceClass, String driver) throws IOException {
        String directory = "sys/bus/pci/devices/" + address;
        String[] vendorAndProduct = ids.split(":");
        file(directory + "/vendor", "0x" + vendorAndProduct[0]);
        file(directory + "/device", "0x" + vendorAndProduct[1]);
        file(directory + "/subsystem_vendor", "0x1028");
        file(directory + "/subsystem_device", "0x1F4C");
        file(directory + "/class", "0x" + deviceClass);
        file(directory + "/modalias", "pci:v0000" + vendorAndProduct[0] + "d0000" + vendorAndProduct[1]);
        return driver.isEmpty() ? this : link(directory + "/driver", "../../../../bus/pci/drivers/" + driver);
    }

    /** A server with two sockets, three kinds of disks, a network card and a virtual console. */
    SystemTree server() throws IOException {
        processor(0, 0, 0).processor(1, 0, 1).processor(2, 1, 0).processor(3, 1, 0);
        processor(4, 1, 5).file("sys/devices/system/cpu/cpu4/online", "0");
        file("sys/devices/system/cpu/cpufreq/policy", "x");
        file(
                "proc/cpuinfo",
                "processor\t: 0",
                "vendor_id\t: GenuineIntel",
                "model name\t: Intel(R) Xeon(R) \"Gold\"",
                "flags\t\t: fpu vme de",
                "",
                "processor\t: 1",
                "model name\t: another");
        file("proc/meminfo", "MemTotal:       16263520 kB", "MemFree: 1 kB");
        file("sys/devices/system/memory/block_size_bytes", "40000000");
        for (int block = 0; block < 16; block++) {
            file("sys/devices/system/memory/memory" + block + "/state", "online");
        }
        disks();
        file("sys/class/net/lo/address", "00:00:00:00:00:00");
        file("sys/class/net/eth0/address", "02:00:00:00:00:01").file("sys/class/net/eth0/speed", "25000");
        file("sys/class/net/eth1/address", "02:00:00:00:00:02").file("sys/class/net/eth1/speed", "-1");
        file("sys/class/net/bonding_masters", "");
        pci("0000:00:1f.0", "8086:a1c1", "060100", "");
        pci("0000:03:00.0", "15B3:101B", "020000", "mlx5_core");
        pci("0000:05:00.0", "102b:0536", "030000", "mgag200");
        file("sys/bus/usb/devices/1-1/idVendor", "0557").file("sys/bus/usb/devices/1-1/idProduct", "2419");
        file("sys/bus/usb/devices/1-1:1.0/bInterfaceClass", "03");
        file("sys/bus/usb/devices/1-1:1.0/modalias", "usb:v0557p2419d0100dc00dsc00dp00ic03isc01ip01in00");
        link("sys/bus/usb/devices/1-1:1.0/driver", "../../../bus/usb/drivers/usbhid");
        return board();
    }

    private void disks() throws IOException {
        file("sys/block/sda/size", "1953525168").file("sys/block/sda/queue/rotational", "1");
        file("sys/block/sda/queue/physical_block_size", "4096");
        file("sys/block/sda/device/vendor", "ATA     ").file("sys/block/sda/device/model", "ST1000NM0033-9ZM");
        file("sys/block/sda/device/wwid", "naa.5000c5007a0b1c2d");
        bytes("sys/block/sda/device/vpd_pg80", "\0\u0080\0\u0014            Z1W0ABCD".getBytes(ISO_8859_1));
        file("sys/block/nvme0n1/size", "7814037168").file("sys/block/nvme0n1/queue/rotational", "0");
        file("sys/block/nvme0n1/queue/physical_block_size", "512");
        file("sys/block/nvme0n1/wwid", "eui.0025385b71b0a0c1");
        file("sys/block/nvme0n1/device/model", "SAMSUNG MZQL23T8").file("sys/block/nvme0n1/device/serial", "S64");
        file("sys/block/nvme0c0n1/size", "7814037168").file("sys/block/nvme0c0n1/hidden", "1");
        file("sys/block/vda/size", "2048").file("sys/block/vda/queue/rotational", "1");
        file("sys/block/vda/serial", "scratch");
        file("sys/block/loop0/size", "8");
        file("sys/block/zram0/size", "8");
    }

    private SystemTree board() throws IOException {
        String dmi = "sys/class/dmi/id/";
        file(dmi + "chassis_serial", "CH1").file(dmi + "chassis_vendor", "Dell Inc.");
        file(dmi + "bios_vendor", "Dell Inc.")
                .file(dmi + "bios_version", "2.1.3")
                .file(dmi + "bios_date", "11/20/2018");
        file(dmi + "board_vendor", "Dell Inc.")
                .file(dmi + "board_name", "0H21J3")
                .file(dmi + "board_version", "A05");
        file(dmi + "board_serial", ".CH1.CN74").file(dmi + "product_name", "PowerEdge R740");
        return file(dmi + "sys_vendor", "Dell Inc.").file(dmi + "product_serial", "CH1");
    }
}
