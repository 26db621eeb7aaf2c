package dev.osie.build.e2e;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** The partitions of a raw disk image, read as the UEFI specification (version 2.10, chapter 5.3) defines them. */
record GuidPartitionTable(List<Partition> partitions) {
    private static final int SECTOR = 512;
    private static final String SIGNATURE = "EFI PART";
    private static final int CHECKSUM_OFFSET = 16;
    private static final int NAME_OFFSET = 56;
    private static final int NAME_LENGTH = 72;

    /**
     * A partition in use.
     *
     * @param offset of its first byte
     * @param size in bytes
     */
    record Partition(String name, long offset, long size) {}

    static GuidPartitionTable read(Path disk) throws IOException {
        try (FileChannel channel = FileChannel.open(disk)) {
            ByteBuffer header = read(channel, SECTOR, SECTOR);
            byte[] signature = new byte[SIGNATURE.length()];
            header.get(0, signature);
            if (!new String(signature, StandardCharsets.US_ASCII).equals(SIGNATURE)) {
                throw new AssertionError("There is no GUID partition table on " + disk);
            }
            int headerSize = header.getInt(12);
            int checksum = header.getInt(CHECKSUM_OFFSET);
            header.putInt(CHECKSUM_OFFSET, 0);
            CRC32 crc = new CRC32();
            crc.update(header.array(), 0, headerSize);
            if ((int) crc.getValue() != checksum) {
                throw new AssertionError("The header of the GUID partition table on " + disk + " is damaged");
            }
            int count = header.getInt(80);
            int size = header.getInt(84);
            ByteBuffer table = read(channel, header.getLong(72) * SECTOR, count * size);
            List<Partition> partitions = new ArrayList<>();
            for (int offset = 0; offset < count * size; offset += size) {
                if (table.getLong(offset) != 0) {
                    partitions.add(partition(table, offset));
                }
            }
            return new GuidPartitionTable(partitions);
        }
    }

    private static Partition partition(ByteBuffer table, int offset) {
        long first = table.getLong(offset + 32);
        long last = table.getLong(offset + 40);
        byte[] name = new byte[NAME_LENGTH];
        table.get(offset + NAME_OFFSET, name);
        return new Partition(
                new String(name, StandardCharsets.UTF_16LE).replace("\0", ""),
                first * SECTOR,
                (last - first + 1) * SECTOR);
    }

    private static ByteBuffer read(FileChannel channel, long position, int size) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) >= 0) {
            // Until it is full.
        }
        return buffer;
    }
}
