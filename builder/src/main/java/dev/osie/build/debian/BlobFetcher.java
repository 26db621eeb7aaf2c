package dev.osie.build.debian;

import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.security.MessageDigest;
import java.util.function.LongConsumer;

/** Fetches files whose digest is known into the store; anything else is refused before the store shows it. */
final class BlobFetcher {
    private final Downloader downloader;
    private final Store store;

    BlobFetcher(Downloader downloader, Store store) {
        this.downloader = downloader;
        this.store = store;
    }

    /**
     * Fetches a file, unless the store has it.
     *
     * @param advanced is told of bytes as they arrive, and of as many negative ones when a transfer begins anew
     * @return false when the server has no such file
     */
    boolean fetch(URI uri, Blob expected, LongConsumer advanced) {
        if (store.contains(expected)) {
            return true;
        }
        long[] arrived = {0};
        return downloader.fetch(uri, expected.size(), in -> {
            advanced.accept(-arrived[0]);
            arrived[0] = 0;
            store.write(out -> copy(in, out, uri, expected, count -> {
                arrived[0] += count;
                advanced.accept(count);
            }));
        });
    }

    private static void copy(InputStream in, OutputStream out, URI uri, Blob expected, LongConsumer arrived)
            throws IOException {
        MessageDigest sha256 = Digest.newSha256();
        byte[] buffer = new byte[1 << 16];
        long size = 0;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            out.write(buffer, 0, count);
            sha256.update(buffer, 0, count);
            size += count;
            arrived.accept(count);
        }
        Blob found = new Blob(Digest.finish(sha256), size);
        if (!found.equals(expected)) {
            throw verification(Addresses.shown(uri) + " is not the file that was asked for: expected "
                            + expected.digest() + " (" + expected.size() + " bytes), found " + found.digest() + " ("
                            + found.size() + " bytes). Nothing of it was kept.")
                    .hint(
                            "Perhaps a proxy or the mirror serves a damaged copy: try again, or name another mirror with --mirror URL.");
        }
    }
}
