package dev.osie.build.debian;

import dev.osie.build.store.Digest;
import java.time.Instant;
import java.util.List;

/**
 * A suite whose Release file was fetched and verified.
 *
 * @param signers names of the keys that signed it
 * @param inRelease digest of the signed file
 */
public record SignedSuite(Suite suite, List<String> signers, Digest inRelease, Release release) {
    public SignedSuite {
        signers = List.copyOf(signers);
    }

    /** When the suite came into this state. */
    public Instant date() {
        return release.date();
    }
}
