package dev.osie.build.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;

/** When a file of the store was last of use: its modification time, as file systems seldom keep the time of the last access. */
final class LastUse {
    /** To within this. Writing the time at each use would cost more than it tells. */
    static final Duration PRECISION = Duration.ofHours(1);

    private LastUse() {}

    /** Notes that a file is of use now. */
    static void note(Path file, FileTime noted) {
        Instant now = Instant.now();
        if (noted.toInstant().isBefore(now.minus(PRECISION))) {
            try {
                Files.setLastModifiedTime(file, FileTime.from(now));
            } catch (IOException ignored) {
                // A store that may only be read is not tidied up either.
            }
        }
    }
}
