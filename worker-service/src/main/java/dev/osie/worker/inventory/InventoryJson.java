package dev.osie.worker.inventory;

import dev.osie.worker.json.JsonText;
import dev.osie.worker.proto.AgentAttributes;
import dev.osie.worker.proto.Block;
import dev.osie.worker.proto.CPU;
import dev.osie.worker.proto.Network;
import dev.osie.worker.proto.Processor;

/**
 * An inventory as JSON (RFC 8259), two blanks a level, keys and lists always in the same order; docs/worker.md describes it. The names
 * are those under which a server stores attributes, where it stores them.
 */
public final class InventoryJson {
    /** Changes when a reader of the earlier form could misread the new one. */
    private static final int FORMAT = 1;

    private final JsonText json = new JsonText();

    private InventoryJson() {}

    /** The whole text, with a line feed at the end. */
    public static String write(Inventory inventory) {
        return new InventoryJson().text(inventory);
    }

    private String text(Inventory inventory) {
        AgentAttributes attributes = inventory.attributes();
        json.begin('{').number("format", FORMAT);
        board(attributes);
        cpu(attributes.getCpu());
        json.key("memory")
                .begin('{')
                .text("total", attributes.getMemory().getTotal())
                .text("usable", attributes.getMemory().getUsable())
                .end('}');
        json.key("blockDevices").begin('[');
        for (Block block : attributes.getBlockList()) {
            block(block);
        }
        json.end(']').key("networkInterfaces").begin('[');
        for (Network network : attributes.getNetworkList()) {
            json.begin('{')
                    .text("name", network.getName())
                    .text("mac", network.getMac())
                    .text("speed", network.getSpeed())
                    .end('}');
        }
        json.end(']').key("devices").begin('[');
        for (BusDevice device : inventory.devices()) {
            device(device);
        }
        return json.end(']').end('}').toString();
    }

    private void board(AgentAttributes attributes) {
        json.key("product")
                .begin('{')
                .text("name", attributes.getProduct().getName())
                .text("vendor", attributes.getProduct().getVendor())
                .text("serialNumber", attributes.getProduct().getSerialNumber())
                .end('}');
        json.key("baseboard")
                .begin('{')
                .text("vendor", attributes.getBaseboard().getVendor())
                .text("product", attributes.getBaseboard().getProduct())
                .text("version", attributes.getBaseboard().getVersion())
                .text("serialNumber", attributes.getBaseboard().getSerialNumber())
                .end('}');
        json.key("bios")
                .begin('{')
                .text("vendor", attributes.getBios().getVendor())
                .text("version", attributes.getBios().getVersion())
                .text("releaseDate", attributes.getBios().getReleaseDate())
                .end('}');
        json.key("chassis")
                .begin('{')
                .text("serial", attributes.getChassis().getSerial())
                .text("vendor", attributes.getChassis().getVendor())
                .end('}');
    }

    private void cpu(CPU cpu) {
        json.key("cpu")
                .begin('{')
                .number("totalCores", cpu.getTotalCores())
                .number("totalThreads", cpu.getTotalThreads())
                .key("processors")
                .begin('[');
        for (Processor processor : cpu.getProcessorsList()) {
            json.begin('{')
                    .number("id", processor.getId())
                    .number("cores", processor.getCores())
                    .number("threads", processor.getThreads())
                    .text("vendor", processor.getVendor())
                    .text("model", processor.getModel())
                    .key("capabilities")
                    .begin('[');
            for (String capability : processor.getCapabilitiesList()) {
                json.value(capability);
            }
            json.end(']').end('}');
        }
        json.end(']').end('}');
    }

    private void block(Block block) {
        json.begin('{')
                .text("name", block.getName())
                .text("controllerType", block.getControllerType())
                .text("driveType", block.getDriveType())
                .text("size", block.getSize())
                .text("physicalBlockSize", block.getPhysicalBlockSize())
                .text("vendor", block.getVendor())
                .text("model", block.getModel())
                .text("wwn", block.getWwn())
                .text("serialNumber", block.getSerialNumber())
                .end('}');
    }

    private void device(BusDevice device) {
        json.begin('{')
                .text("bus", device.bus())
                .text("address", device.address())
                .text("vendor", device.vendor())
                .text("product", device.product());
        if (device.bus().equals("pci")) {
            json.text("subvendor", device.subvendor()).text("subproduct", device.subproduct());
        }
        json.text("class", device.deviceClass())
                .text("driver", device.driver())
                .text("modalias", device.modalias())
                .end('}');
    }
}
