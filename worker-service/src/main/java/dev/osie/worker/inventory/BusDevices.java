package dev.osie.worker.inventory;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The devices of the PCI and USB buses. */
final class BusDevices {
    private static final String PCI = "sys/bus/pci/devices/";
    private static final String USB = "sys/bus/usb/devices/";

    /** The names that the PCI ID database gives to the classes, by their numbers, from 0. */
    private static final String[] CLASSES = {
        "Unclassified device",
        "Mass storage controller",
        "Network controller",
        "Display controller",
        "Multimedia controller",
        "Memory controller",
        "Bridge",
        "Communication controller",
        "Generic system peripheral",
        "Input device controller",
        "Docking station",
        "Processor",
        "Serial bus controller",
        "Wireless controller",
        "Intelligent controller",
        "Satellite communications controller",
        "Encryption controller",
        "Signal processing controller",
        "Processing accelerators",
        "Non-Essential Instrumentation"
    };

    private BusDevices() {}

    /** Those of PCI, then those of USB, each in the order of their addresses. */
    static List<BusDevice> read(SystemFiles files) {
        List<BusDevice> devices = new ArrayList<>();
        for (String address : files.names(PCI)) {
            String path = PCI + address;
            devices.add(new BusDevice(
                    "pci",
                    address,
                    hex(files.text(path + "/vendor")),
                    hex(files.text(path + "/device")),
                    hex(files.text(path + "/subsystem_vendor")),
                    hex(files.text(path + "/subsystem_device")),
                    hex(files.text(path + "/class")),
                    files.linkName(path + "/driver"),
                    files.text(path + "/modalias")));
        }
        for (String address : files.names(USB)) {
            int colon = address.indexOf(':');
            // Drivers are bound to interfaces, which have a colon in their name; the ids are the device's.
            if (colon > 0) {
                String path = USB + address;
                String device = USB + address.substring(0, colon);
                devices.add(new BusDevice(
                        "usb",
                        address,
                        hex(files.text(device + "/idVendor")),
                        hex(files.text(device + "/idProduct")),
                        "",
                        "",
                        hex(files.text(path + "/bInterfaceClass")),
                        files.linkName(path + "/driver"),
                        files.text(path + "/modalias")));
            }
        }
        return devices;
    }

    /** The name of a PCI device's class; its number when it has none. */
    static String className(BusDevice device) {
        String text = device.deviceClass();
        int number = text.length() < 2 ? -1 : (int) SystemFiles.number(text.substring(0, 2), 16, -1);
        return number >= 0 && number < CLASSES.length ? CLASSES[number] : text;
    }

    private static String hex(String text) {
        String digits = text.startsWith("0x") ? text.substring(2) : text;
        return digits.length() <= 8 && SystemFiles.number(digits, 16, -1) >= 0 ? digits.toLowerCase(Locale.ROOT) : "";
    }
}
