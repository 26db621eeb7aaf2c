package dev.osie.build.debian;

import dev.osie.build.failure.BuildException;
import dev.osie.build.store.Contents;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * The InRelease files in the store, where each is a blob among others. They are known by what they say, and trusted for who signed it, so it
 * doesn't matter how they came there.
 */
final class KeptReleases {
    private static final byte[] START = "-----BEGIN PGP SIGNED MESSAGE-----".getBytes(StandardCharsets.US_ASCII);
    private static final long LARGEST = 16 << 20;

    private final Store store;
    private final Keyring keyring;

    KeptReleases(Store store, Keyring keyring) {
        this.store = store;
        this.keyring = keyring;
    }

    private record Found(Instant date, byte[] content) {}

    /** The newest of a suite that a trusted key signed. */
    Optional<byte[]> newest(Suite suite) {
        Optional<Found> newest = Optional.empty();
        for (Contents.Item item : store.contents().blobs()) {
            if (item.size() <= LARGEST && Arrays.equals(store.contents().start(item, START.length), START)) {
                Optional<Found> found = read(store.readAllBytes(item.digest()), suite);
                if (found.isPresent()
                        && (newest.isEmpty()
                                || found.get().date().isAfter(newest.get().date()))) {
                    newest = found;
                }
            }
        }
        return newest.map(Found::content);
    }

    private Optional<Found> read(byte[] content, Suite suite) {
        try {
            ClearSigned message = ClearSigned.parse(content);
            Release release = Release.parse(message.text());
            if (!release.codename().equals(suite.name())) {
                return Optional.empty();
            }
            keyring.verify(message);
            return Optional.of(new Found(release.date(), content));
        } catch (IOException | BuildException e) {
            return Optional.empty(); // somebody else's
        }
    }
}
