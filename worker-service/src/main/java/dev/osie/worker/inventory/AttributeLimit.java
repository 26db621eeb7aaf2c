package dev.osie.worker.inventory;

import dev.osie.worker.proto.AgentAttributes;
import dev.osie.worker.proto.CPU;
import dev.osie.worker.proto.Processor;

/**
 * Keeps attributes small enough for a server, which stores them as JSON of at most 64 KiB. Of a machine with hundreds of devices the
 * later ones are left out, as are repeated capabilities.
 */
final class AttributeLimit {
    /** In bytes; what is left to 64 KiB is for what the server adds. */
    static final int LIMIT = 56 * 1024;

    /** A field's name in JSON, its quotes, colon and comma. */
    private static final int NAME = 24;

    private AttributeLimit() {}

    static void fit(AgentAttributes.Builder attributes) {
        if (weight(attributes) > LIMIT) {
            keepFirstCapabilities(attributes);
        }
        while (weight(attributes) > LIMIT) {
            halveLongest(attributes);
        }
    }

    /** An upper bound of the size as JSON, in bytes. */
    static int weight(AgentAttributes.Builder attributes) {
        int capabilities = 0;
        for (Processor processor : attributes.getCpu().getProcessorsList()) {
            capabilities += processor.getCapabilitiesCount();
        }
        int names = 9 * attributes.getBlockCount()
                + 4 * (attributes.getPciCount() + attributes.getGpuCount())
                + 3 * attributes.getNetworkCount()
                + 6 * attributes.getCpu().getProcessorsCount()
                + 30;
        return attributes.build().getSerializedSize() + names * NAME + 2 * capabilities;
    }

    private static void keepFirstCapabilities(AgentAttributes.Builder attributes) {
        CPU.Builder cpu = attributes.getCpu().toBuilder();
        for (int i = 1; i < cpu.getProcessorsCount(); i++) {
            cpu.setProcessors(i, cpu.getProcessors(i).toBuilder().clearCapabilities());
        }
        attributes.setCpu(cpu);
    }

    private static void halveLongest(AgentAttributes.Builder attributes) {
        int pci = attributes.getPciCount();
        int gpu = attributes.getGpuCount();
        int block = attributes.getBlockCount();
        int network = attributes.getNetworkCount();
        int processors = attributes.getCpu().getProcessorsCount();
        int longest = Math.max(Math.max(Math.max(pci, gpu), Math.max(block, network)), processors);
        if (longest <= 1) {
            // One long text beside short ones: a processor's capabilities.
            attributes.clearCpu();
        } else if (pci == longest) {
            var kept = attributes.getPciList().subList(0, pci / 2);
            attributes.clearPci().addAllPci(kept);
        } else if (block == longest) {
            var kept = attributes.getBlockList().subList(0, block / 2);
            attributes.clearBlock().addAllBlock(kept);
        } else if (network == longest) {
            var kept = attributes.getNetworkList().subList(0, network / 2);
            attributes.clearNetwork().addAllNetwork(kept);
        } else if (gpu == longest) {
            var kept = attributes.getGpuList().subList(0, gpu / 2);
            attributes.clearGpu().addAllGpu(kept);
        } else {
            CPU.Builder cpu = attributes.getCpu().toBuilder();
            var kept = cpu.getProcessorsList().subList(0, processors / 2);
            attributes.setCpu(cpu.clearProcessors().addAllProcessors(kept));
        }
    }
}
