package dev.osie.worker.inventory;

import dev.osie.worker.proto.AgentAttributes;
import dev.osie.worker.proto.BIOS;
import dev.osie.worker.proto.Baseboard;
import dev.osie.worker.proto.Chassis;
import dev.osie.worker.proto.Product;

/** What the firmware says of the machine: the tables of DMI, and a device tree for product and serial number where there are none. */
final class Board {
    private static final String DMI = "sys/class/dmi/id/";
    private static final String DEVICE_TREE = "sys/firmware/devicetree/base/";

    private Board() {}

    static void read(SystemFiles files, AgentAttributes.Builder into) {
        into.setChassis(Chassis.newBuilder()
                .setSerial(files.text(DMI + "chassis_serial"))
                .setVendor(files.text(DMI + "chassis_vendor")));
        into.setBios(BIOS.newBuilder()
                .setVendor(files.text(DMI + "bios_vendor"))
                .setVersion(files.text(DMI + "bios_version"))
                .setReleaseDate(files.text(DMI + "bios_date")));
        into.setBaseboard(Baseboard.newBuilder()
                .setVendor(files.text(DMI + "board_vendor"))
                .setProduct(files.text(DMI + "board_name"))
                .setVersion(files.text(DMI + "board_version"))
                .setSerialNumber(files.text(DMI + "board_serial")));
        into.setProduct(Product.newBuilder()
                .setName(either(files, "product_name", "model"))
                .setVendor(files.text(DMI + "sys_vendor"))
                .setSerialNumber(either(files, "product_serial", "serial-number")));
    }

    private static String either(SystemFiles files, String dmi, String property) {
        String text = files.text(DMI + dmi);
        return text.isEmpty() ? files.text(DEVICE_TREE + property) : text;
    }
}
