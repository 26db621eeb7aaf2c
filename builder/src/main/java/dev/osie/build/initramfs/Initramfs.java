package dev.osie.build.initramfs;

import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * The file that the boot loader hands to the kernel: segments one after another.
 *
 * @param segments in the order in which the kernel unpacks them
 */
public record Initramfs(List<Segment> segments) {
    /** The kernel takes an uncompressed archive only at a multiple of this, and skips zeros before any. */
    private static final int ALIGNMENT = 4;

    public Initramfs {
        segments = List.copyOf(segments);
    }

    /** Of the file, in bytes. */
    public long size() {
        long size = 0;
        for (Segment segment : segments) {
            size = size + padding(size) + segment.blob().size();
        }
        return size;
    }

    /** Of all archives, in bytes: about the memory that the files take once the kernel has unpacked them. */
    public long unpackedSize() {
        return segments.stream().mapToLong(Segment::unpackedSize).sum();
    }

    /**
     * Writes the file, comparing each segment with its digest.
     *
     * @throws dev.osie.build.failure.BuildException when a segment is missing or was altered; what was written is of no use then
     */
    public void writeTo(OutputStream out, Store store) throws IOException {
        byte[] buffer = new byte[1 << 17];
        long position = 0;
        for (Segment segment : segments) {
            out.write(new byte[padding(position)]);
            position += padding(position);
            try (InputStream in = store.read(segment.blob().digest())) {
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    out.write(buffer, 0, count);
                    position += count;
                }
            }
        }
    }

    private static int padding(long position) {
        return (int) (-position & (ALIGNMENT - 1));
    }
}
