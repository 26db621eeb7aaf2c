package dev.osie.build.initramfs;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * Compresses what is written to it into one Zstandard frame with content size and checksum; {@link #end} ends the frame.
 *
 * <p>The bytes don't depend on the number of workers, as long as there is one: zstd cuts its jobs by size alone. Without any it makes
 * different bytes, so a machine with one core uses a worker too. Nor do they depend on how the writes are cut.
 */
final class ZstdFrame extends OutputStream {
    private static final int BUFFER_SIZE = 1 << 18;

    private final OutputStream out;
    private final ZstdCompressCtx context;
    // Direct: a byte array would be pinned, and with it the collector, while the call waits for a worker.
    private final ByteBuffer plain = ByteBuffer.allocateDirect(BUFFER_SIZE);
    private final ByteBuffer compressed = ByteBuffer.allocateDirect(BUFFER_SIZE);
    private final byte[] chunk = new byte[BUFFER_SIZE];
    private long left;

    /**
     * Begins a frame.
     *
     * @param size of all that will be written, in bytes; it goes into the frame's header, and {@link #end} fails when it is not reached
     */
    ZstdFrame(OutputStream out, Compression.Zstd settings, int workers, long size) {
        this.out = out;
        this.left = size;
        this.context = new ZstdCompressCtx()
                .setLevel(settings.level())
                .setWorkers(workers)
                .setChecksum(true) // a netboot transfer over TFTP or plain HTTP has no other
                .setContentSize(true);
        context.setPledgedSrcSize(size);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        left -= length;
        int done = 0;
        while (done < length) {
            int count = Math.min(length - done, plain.remaining());
            plain.put(bytes, offset + done, count);
            done += count;
            if (!plain.hasRemaining()) {
                compress(EndDirective.CONTINUE);
            }
        }
    }

    private void compress(EndDirective directive) throws IOException {
        plain.flip();
        boolean finished;
        do {
            finished = context.compressDirectByteBufferStream(compressed, plain, directive);
            drain();
        } while (plain.hasRemaining() || directive == EndDirective.END && !finished);
        plain.clear();
    }

    private void drain() throws IOException {
        compressed.flip();
        int count = compressed.remaining();
        compressed.get(chunk, 0, count);
        compressed.clear();
        out.write(chunk, 0, count);
    }

    /** Ends the frame. Without this call, as after a failure, {@link #close} only frees the memory. */
    void end() throws IOException {
        if (left != 0) {
            throw new IOException("the size of a frame differs by " + left + " bytes from what was announced");
        }
        compress(EndDirective.END);
    }

    @Override
    public void close() {
        context.close();
    }
}
