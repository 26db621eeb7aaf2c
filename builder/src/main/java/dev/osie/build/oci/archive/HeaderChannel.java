package dev.osie.build.oci.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** Lets the headers of an archive be read as far as an honest one can have them: each is kept in memory. */
final class HeaderChannel implements SeekableByteChannel {
    private static final long MOST_BYTES = 16 << 20;

    private final SeekableByteChannel channel;
    private long left = MOST_BYTES;

    HeaderChannel(SeekableByteChannel channel) {
        this.channel = channel;
    }

    @Override
    public int read(ByteBuffer bytes) throws IOException {
        if (left <= 0) {
            throw new IOException("it has more than " + MOST_BYTES + " bytes of headers, more than any honest archive");
        }
        if (bytes.remaining() > left) {
            bytes.limit(bytes.position() + (int) left);
        }
        int count = channel.read(bytes);
        left -= Math.max(count, 0);
        return count;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        return channel.write(bytes);
    }

    @Override
    public long position() throws IOException {
        return channel.position();
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
        channel.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public SeekableByteChannel truncate(long size) throws IOException {
        channel.truncate(size);
        return this;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
