package dev.osie.build.oci.gzip;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.CRC32;

/**
 * Compresses what is written to it into one gzip member (RFC 1952) without name or time; {@link #close} ends it and leaves the stream below
 * open. Equal content gives equal bytes, on every machine and however it is cut into writes.
 */
public final class GzipWriter extends OutputStream {
    /** Rises whenever the same content would be compressed to other bytes. */
    public static final int FORMAT = 1;

    /** Magic, DEFLATE, no flags, no time, no hint, an unknown system. */
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    private final OutputStream out;
    private final DeflateEncoder encoder;
    private final CRC32 crc = new CRC32();
    private long size;
    private boolean begun;
    private boolean ended;

    public GzipWriter(OutputStream out) {
        this.out = out;
        this.encoder = new DeflateEncoder(out);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        begin();
        crc.update(bytes, offset, length);
        size += length;
        encoder.write(bytes, offset, length);
    }

    private void begin() throws IOException {
        if (!begun) {
            begun = true;
            out.write(HEADER);
        }
    }

    @Override
    public void close() throws IOException {
        if (!ended) {
            ended = true;
            begin();
            encoder.finish();
            littleEndian((int) crc.getValue());
            littleEndian((int) size);
        }
    }

    private void littleEndian(int value) throws IOException {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            out.write(value >>> shift);
        }
    }
}
