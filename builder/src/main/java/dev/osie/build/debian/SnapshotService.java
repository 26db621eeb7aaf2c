package dev.osie.build.debian;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Debian's snapshot service, which keeps every state the archives ever had below {@code archive/NAME/TIME/}. A time between two states
 * leads, by a redirect, to the earlier one. Every file is also below {@code file/}, under a hash that {@code mr/binary/} tells.
 */
public final class SnapshotService {
    /** The only host this program knows by name; everything else is named by the user or the machine. */
    public static final SnapshotService PUBLIC = new SnapshotService(URI.create("https://snapshot.debian.org"));

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final URI root;

    /** A service at another address, without a slash at the end. */
    public SnapshotService(URI root) {
        this.root = root;
    }

    /**
     * A service that a user named.
     *
     * @param origin where the user did, for messages
     * @throws dev.osie.build.failure.BuildException {@code BAD_INPUT} when the text is no address
     */
    static SnapshotService parse(String text, String origin) {
        return new SnapshotService(
                URI.create(Addresses.parse(text.strip(), origin).toString().replaceFirst("/+$", "")));
    }

    /** The archives as they were at that time. */
    public Mirror at(Instant time) {
        String origin = "the snapshot service at " + TIME.format(time);
        return new Mirror(archive(Archive.DEBIAN, time), archive(Archive.SECURITY, time), origin);
    }

    private URI archive(Archive archive, Instant time) {
        return URI.create(root + "/archive/" + archive + "/" + TIME.format(time));
    }

    /** Where the service tells which files it has of a version of a package, as JSON. */
    URI filesOf(BinaryPackage binary) {
        return URI.create(root + "/mr/binary/" + encoded(binary.name()) + "/"
                + encoded(binary.version().text()) + "/binfiles?fileinfo=1");
    }

    /** Where the service has the file of that hash. */
    URI file(String hash) {
        return URI.create(root + "/file/" + hash);
    }

    /** Names and versions of packages have no character for which a form's encoding differs from that of a path. */
    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return Addresses.shown(root);
    }
}
