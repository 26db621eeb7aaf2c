package dev.osie.build.debian;

import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Debian's snapshot service, which keeps every state the archives ever had below {@code archive/NAME/TIME/}. A time between two states
 * leads, by a redirect, to the earlier one.
 */
public final class SnapshotService {
    /** The only host this program knows by name; everything else is named by the user or the machine. */
    public static final SnapshotService PUBLIC = new SnapshotService(URI.create("https://snapshot.debian.org"));

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final URI root;

    /** A service at another address. */
    public SnapshotService(URI root) {
        this.root = root;
    }

    /** The archives as they were at that time. */
    public Mirror at(Instant time) {
        String origin = "the snapshot service at " + TIME.format(time);
        return new Mirror(archive(Archive.DEBIAN, time), archive(Archive.SECURITY, time), origin);
    }

    private URI archive(Archive archive, Instant time) {
        return URI.create(root + "/archive/" + archive + "/" + TIME.format(time));
    }
}
