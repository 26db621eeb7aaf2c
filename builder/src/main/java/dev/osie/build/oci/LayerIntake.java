package dev.osie.build.oci;

import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The way into the store for layers from elsewhere: they are unpacked, bounded against those that unpack to more than any disk holds, and
 * compared with what their image's configuration says of them.
 */
public final class LayerIntake {
    /** A layer may unpack to so many times its size, and to this much in any case. */
    private static final int MOST_EXPANSION = 200;

    private static final long ALWAYS_ALLOWED = 256L << 20;

    private final Store store;

    public LayerIntake(Store store) {
        this.store = store;
    }

    /**
     * Unpacks a layer into the store.
     *
     * @param what the layer, for messages
     * @param size in bytes as it comes
     * @param diffId digest of the uncompressed layer, as the image's configuration has it
     * @param sent the layer as it comes; it is read to its end, and closed
     * @throws dev.osie.build.failure.BuildException {@code VERIFICATION} when it is damaged, too large, or another
     */
    public Blob unpack(String what, LayerCompression compression, long size, Digest diffId, InputStream sent) {
        Blob unpacked = store.write(out -> {
            try (sent;
                    InputStream in = open(what, compression, sent)) {
                copy(in, out, mostOf(size), what);
                // What follows the compressed data counts for the digest of what was sent too.
                sent.transferTo(OutputStream.nullOutputStream());
            }
        });
        if (!unpacked.digest().equals(diffId)) {
            throw verification(
                    "The " + what + " unpacks to something else than its image's configuration names: expected "
                            + diffId + ", found " + unpacked.digest() + ".");
        }
        return unpacked;
    }

    /** What something of that size may unpack to, in bytes. */
    public static long mostOf(long size) {
        return Math.max(ALWAYS_ALLOWED, MOST_EXPANSION * size);
    }

    private static InputStream open(String what, LayerCompression compression, InputStream sent) {
        try {
            return compression.decompress(sent);
        } catch (IOException e) {
            throw damaged(what, e);
        }
    }

    private static void copy(InputStream in, OutputStream out, long limit, String what) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long size = 0;
        for (int count = read(in, buffer, what); count >= 0; count = read(in, buffer, what)) {
            size += count;
            if (size > limit) {
                throw verification(
                        "The " + what + " unpacks to more than " + limit + " bytes, more than any honest layer.");
            }
            out.write(buffer, 0, count);
        }
    }

    private static int read(InputStream in, byte[] buffer, String what) {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw damaged(what, e);
        }
    }

    private static RuntimeException damaged(String what, IOException e) {
        return verification("The " + what + " cannot be unpacked: " + e.getMessage() + ".")
                .because(e);
    }
}
