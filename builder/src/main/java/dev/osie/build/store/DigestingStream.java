package dev.osie.build.store;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;

/** Content on its way into the store, whose digest and size are known when it is over. */
final class DigestingStream extends FilterOutputStream {
    private final MessageDigest sha256 = Digest.newSha256();
    private long size;

    DigestingStream(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        sha256.update(bytes, offset, length);
        size += length;
    }

    Blob blob() {
        return new Blob(Digest.finish(sha256), size);
    }
}
