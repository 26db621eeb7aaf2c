package dev.osie.worker.inventory;

import dev.osie.worker.proto.AgentAttributes;
import dev.osie.worker.proto.GPU;
import dev.osie.worker.proto.PCI;
import java.util.List;

/**
 * What the machine is made of.
 *
 * @param attributes in the form in which servers take it, small enough for all of them
 * @param devices all devices of PCI and USB, with what finds their drivers
 */
public record Inventory(AgentAttributes attributes, List<BusDevice> devices) {
    private static final String DISPLAY_CLASS = "03";

    public Inventory {
        devices = List.copyOf(devices);
    }

    /** Reads it; what can't be read isn't in it. */
    public static Inventory read(SystemFiles files) {
        List<BusDevice> devices = BusDevices.read(files);
        AgentAttributes.Builder attributes = AgentAttributes.newBuilder()
                .setCpu(Processors.read(files))
                .setMemory(MemorySize.read(files))
                .addAllBlock(Disks.read(files))
                .addAllNetwork(Interfaces.read(files));
        Board.read(files, attributes);
        addPci(devices, attributes);
        AttributeLimit.fit(attributes);
        return new Inventory(attributes.build(), devices);
    }

    /** Vendors and products by their numbers: the database of their names would be a tenth of the worker's size. */
    private static void addPci(List<BusDevice> devices, AgentAttributes.Builder attributes) {
        for (BusDevice device : devices) {
            if (!device.bus().equals("pci")) {
                continue;
            }
            attributes.addPci(PCI.newBuilder()
                    .setVendor(device.vendor())
                    .setProduct(device.product())
                    .setClass_(BusDevices.className(device))
                    .setDriver(device.driver()));
            if (device.deviceClass().startsWith(DISPLAY_CLASS)) {
                attributes.addGpu(GPU.newBuilder()
                        .setVendor(device.vendor())
                        .setProduct(device.product())
                        .setClass_(BusDevices.className(device))
                        .setDriver(device.driver()));
            }
        }
    }
}
