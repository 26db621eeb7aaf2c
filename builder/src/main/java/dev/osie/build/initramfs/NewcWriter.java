package dev.osie.build.initramfs;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes a newc archive, entry by entry. The caller sees to what the kernel expects of the order: parents before what they hold.
 * Closing writes the trailer and leaves the stream below open.
 */
public final class NewcWriter implements AutoCloseable {
    private static final byte[] ZEROS = new byte[4];

    private final OutputStream out;

    public NewcWriter(OutputStream out) {
        this.out = out;
    }

    /** Writes an entry without data. */
    public void write(NewcHeader header) throws IOException {
        write(header, data -> {});
    }

    /**
     * Writes an entry.
     *
     * @throws IOException when the data is not of the size that the header gives; the archive is of no use then
     */
    public void write(NewcHeader header, Data data) throws IOException {
        out.write(header.encode());
        Counted counted = new Counted(header);
        data.writeTo(counted);
        counted.complete();
        out.write(ZEROS, 0, (int) (NewcHeader.padded(header.size()) - header.size()));
    }

    @Override
    public void close() throws IOException {
        out.write(NewcHeader.trailer().encode());
    }

    /** Produces the data of an entry. */
    @FunctionalInterface
    public interface Data {
        void writeTo(OutputStream out) throws IOException;
    }

    private final class Counted extends OutputStream {
        private final NewcHeader header;
        private long left;

        Counted(NewcHeader header) {
            this.header = header;
            this.left = header.size();
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            left -= length;
            if (left < 0) {
                complete();
            }
            out.write(bytes, offset, length);
        }

        void complete() throws IOException {
            if (left != 0) {
                throw new IOException(header.name() + " was to have " + header.size() + " bytes, but it has "
                        + (left > 0 ? "only " + (header.size() - left) : "more"));
            }
        }
    }
}
