package dev.osie.build.lock;

import dev.osie.build.debian.Archive;
import dev.osie.build.store.Digest;
import java.time.Instant;

/**
 * A suite as it was when packages were taken from it.
 *
 * @param name such as {@code trixie-security}
 * @param date that its signed Release file bears
 * @param inRelease digest of that file
 */
public record LockedSuite(Archive archive, String name, Instant date, Digest inRelease) {}
