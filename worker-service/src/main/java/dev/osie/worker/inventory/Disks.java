package dev.osie.worker.inventory;

import dev.osie.worker.proto.Block;
import java.util.ArrayList;
import java.util.List;

/**
 * The disks in {@code /sys/block}, by the names of their kinds; loops, memory disks, arrays and the like are left out. Serial numbers and
 * worldwide names are the kernel's own, as udev's database isn't there for every container.
 */
final class Disks {
    private static final long SECTOR = 512;

    /** Prefix of the name, controller, kind when the kernel doesn't say whether it rotates. */
    private static final String[][] KINDS = {
        {"hd", "IDE", "HDD"},
        {"mmc", "MMC", "SSD"},
        {"nvme", "NVMe", "SSD"},
        {"sd", "SCSI", "HDD"},
        {"sr", "SCSI", "ODD"},
        {"vd", "virtio", "HDD"},
        {"xvd", "SCSI", "HDD"}
    };

    private Disks() {}

    static List<Block> read(SystemFiles files) {
        List<Block> disks = new ArrayList<>();
        for (String name : files.names("sys/block")) {
            for (String[] kind : KINDS) {
                // Hidden ones are the single paths to a disk that has several.
                if (name.startsWith(kind[0]) && files.number("sys/block/" + name + "/hidden", 0) == 0) {
                    disks.add(disk(files, name, kind));
                }
            }
        }
        return disks;
    }

    private static Block disk(SystemFiles files, String name, String[] kind) {
        String path = "sys/block/" + name;
        long sectors = files.number(path + "/size", 0);
        boolean still = files.text(path + "/queue/rotational").equals("0");
        return Block.newBuilder()
                .setName(name)
                .setControllerType(kind[1])
                .setDriveType(still ? "SSD" : kind[2])
                .setSize(ByteSize.format(sectors > Long.MAX_VALUE / SECTOR ? 0 : sectors * SECTOR))
                .setPhysicalBlockSize(ByteSize.format(files.number(path + "/queue/physical_block_size", 0)))
                .setVendor(files.text(path + "/device/vendor"))
                .setModel(files.text(path + "/device/model"))
                .setWwn(worldwideName(files, path))
                .setSerialNumber(serialNumber(files, path))
                .build();
    }

    private static String worldwideName(SystemFiles files, String path) {
        String own = files.text(path + "/wwid");
        String name = own.isEmpty() ? files.text(path + "/device/wwid") : own;
        // As udev writes it, and so Tinkerbell's agent.
        return name.startsWith("naa.") ? "0x" + name.substring("naa.".length()) : name;
    }

    private static String serialNumber(SystemFiles files, String path) {
        String own = files.text(path + "/serial");
        String number = own.isEmpty() ? files.text(path + "/device/serial") : own;
        if (!number.isEmpty()) {
            return number;
        }
        // The SCSI page that holds it begins with four bytes of header.
        String page = files.rawText(path + "/device/vpd_pg80");
        return page.length() > 4 ? page.substring(4).strip() : "";
    }
}
