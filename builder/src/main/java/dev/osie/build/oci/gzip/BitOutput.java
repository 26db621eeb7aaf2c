package dev.osie.build.oci.gzip;

import java.io.IOException;
import java.io.OutputStream;

/** Bits in the order of DEFLATE (RFC 1951, section 3.1.1): the first goes into the lowest place of a byte. */
final class BitOutput {
    private final OutputStream out;
    private final byte[] buffer = new byte[1 << 14];
    private int used;
    private long bits;
    private int count;

    BitOutput(OutputStream out) {
        this.out = out;
    }

    /** Writes up to 32 bits, the lowest first. */
    void write(int value, int length) throws IOException {
        bits |= (long) value << count;
        count += length;
        while (count >= 8) {
            put((int) bits);
            bits >>>= 8;
            count -= 8;
        }
    }

    /** Fills up the last byte with zeros. */
    void align() throws IOException {
        if (count > 0) {
            put((int) bits);
            bits = 0;
            count = 0;
        }
    }

    /** Writes whole bytes; the output must be aligned. */
    void write(byte[] bytes, int offset, int length) throws IOException {
        flush();
        out.write(bytes, offset, length);
    }

    /** Hands on the whole bytes. */
    void flush() throws IOException {
        out.write(buffer, 0, used);
        used = 0;
    }

    private void put(int value) throws IOException {
        if (used == buffer.length) {
            flush();
        }
        buffer[used++] = (byte) value;
    }
}
