package dev.osie.build.store;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/** Content on its way out of the store, whose digest is told to a check when it is over. Skipped bytes count too. */
final class VerifyingStream extends FilterInputStream {
    private static final int MOST_SKIPPED = 1 << 16;

    private final MessageDigest sha256 = Digest.newSha256();
    private final Check check;
    private boolean verified;

    /** Fails when the digest is not the expected one. */
    @FunctionalInterface
    interface Check {
        void accept(Digest found) throws IOException;
    }

    VerifyingStream(InputStream in, Check check) {
        super(in);
        this.check = check;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = in.read(bytes, offset, length);
        if (count > 0) {
            sha256.update(bytes, offset, count);
        } else if (count < 0 && !verified) {
            verified = true;
            check.accept(Digest.finish(sha256));
        }
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        return readNBytes((int) Math.min(count, MOST_SKIPPED)).length;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
