package dev.osie.worker.inventory;

import dev.osie.worker.proto.Memory;

/** The memory: what is built in, from the blocks that Linux manages it in, and what the kernel left of it to use. */
final class MemorySize {
    private static final String BLOCKS = "sys/devices/system/memory";

    private MemorySize() {}

    static Memory read(SystemFiles files) {
        long usable = usable(files);
        // Named in hexadecimal without prefix. Architectures without memory hotplug have no blocks.
        long blockSize = SystemFiles.number(files.text(BLOCKS + "/block_size_bytes"), 16, 0);
        long total = blocks(files) * blockSize;
        return Memory.newBuilder()
                .setTotal(ByteSize.format(total > 0 ? total : usable))
                .setUsable(ByteSize.format(usable))
                .build();
    }

    /** Whether a block is in use isn't asked of each: a large machine has ten thousand of them. */
    private static long blocks(SystemFiles files) {
        long count = 0;
        for (String name : files.names(BLOCKS)) {
            if (name.startsWith("memory") && SystemFiles.number(name.substring("memory".length()), 10, -1) >= 0) {
                count++;
            }
        }
        return count;
    }

    private static long usable(SystemFiles files) {
        for (String line : files.lines("proc/meminfo")) {
            if (line.startsWith("MemTotal:") && line.endsWith("kB")) {
                String kilobytes = line.substring("MemTotal:".length(), line.length() - "kB".length());
                long number = SystemFiles.number(kilobytes.strip(), 10, 0);
                return number > Long.MAX_VALUE / 1024 ? 0 : number * 1024;
            }
        }
        return 0;
    }
}
