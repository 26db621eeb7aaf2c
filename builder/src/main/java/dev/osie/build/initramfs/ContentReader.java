package dev.osie.build.initramfs;

import dev.osie.build.tree.Content;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;

/** Copies contents one after another; those that lie in the same file, as all of a layer do, without opening it each time. */
final class ContentReader implements AutoCloseable {
    private final byte[] buffer = new byte[1 << 17];
    private Path openFile = Path.of("");
    private FileChannel channel;

    /** Writes the content and lets the digest see it. */
    void copy(Content content, OutputStream out, MessageDigest sha256) throws IOException {
        if (content instanceof Content.Slice slice) {
            copy(slice, out, sha256);
            return;
        }
        try (InputStream in = content.open()) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                sha256.update(buffer, 0, count);
                out.write(buffer, 0, count);
            }
        }
    }

    private void copy(Content.Slice slice, OutputStream out, MessageDigest sha256) throws IOException {
        open(slice.file());
        long end = slice.offset() + slice.size();
        for (long position = slice.offset(); position < end; ) {
            int wanted = (int) Math.min(buffer.length, end - position);
            int count = channel.read(ByteBuffer.wrap(buffer, 0, wanted), position);
            if (count < 0) {
                throw new EOFException(slice.file() + " ends " + (end - position) + " bytes too early");
            }
            sha256.update(buffer, 0, count);
            out.write(buffer, 0, count);
            position += count;
        }
    }

    private void open(Path file) throws IOException {
        if (channel == null || !file.equals(openFile)) {
            close();
            channel = FileChannel.open(file);
            openFile = file;
        }
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
