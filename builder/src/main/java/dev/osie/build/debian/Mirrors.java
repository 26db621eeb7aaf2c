package dev.osie.build.debian;

import static dev.osie.build.failure.BuildException.badInput;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the mirror to fetch from: the one the user names by {@code --mirror}, else by the variable {@value #VARIABLE}, else the first of
 * Debian's in the host's apt sources (whose suites don't matter), else the snapshot service.
 *
 * <p>A user names a mirror in one of three ways:
 *
 * <ul>
 *   <li>{@code http://mirror.example/debian}: the archive itself; {@code debian-security} is expected beside it;
 *   <li>{@code http://mirror.example/pub}: a directory that holds both {@code debian} and {@code debian-security};
 *   <li>{@code http://a.example/x,http://b.example/y}: the two archives, each at its own address.
 * </ul>
 */
public final class Mirrors {
    static final String VARIABLE = "OSIE_DEBIAN_MIRROR";
    static final String SNAPSHOT_VARIABLE = "OSIE_DEBIAN_SNAPSHOT";

    /**
     * Debian dates a Release file some hours before the snapshot service takes its copy, so a lock's date itself leads to the state
     * before. Half a day later it is there, and packages that were superseded then are still in the pool.
     */
    private static final Duration SNAPSHOT_DELAY = Duration.ofHours(12);

    private final Map<String, String> environment;
    private final Path aptDirectory;
    private final SnapshotService snapshots;
    private final Clock clock;

    /**
     * Finds mirrors by these sources of information.
     *
     * @param aptDirectory apt's configuration, {@code /etc/apt} on a host that has it
     */
    public Mirrors(Map<String, String> environment, Path aptDirectory, SnapshotService snapshots, Clock clock) {
        this.environment = Map.copyOf(environment);
        this.aptDirectory = aptDirectory;
        this.snapshots = snapshots;
        this.clock = clock;
    }

    /** Finds mirrors as this host is set up. */
    public static Mirrors ofHost() {
        return ofHost(Optional.empty());
    }

    /**
     * Finds mirrors as this host is set up, with the snapshot service that the user names, else the one of the variable
     * {@value #SNAPSHOT_VARIABLE}, else Debian's own.
     *
     * @param snapshot what the user gave as {@code --snapshot}
     */
    public static Mirrors ofHost(Optional<String> snapshot) {
        Map<String, String> environment = System.getenv();
        return new Mirrors(environment, Path.of("/etc/apt"), snapshots(snapshot, environment), Clock.systemUTC());
    }

    static SnapshotService snapshots(Optional<String> option, Map<String, String> environment) {
        return option.map(text -> SnapshotService.parse(text, "--snapshot"))
                .or(() -> Optional.ofNullable(environment.get(SNAPSHOT_VARIABLE))
                        .filter(text -> !text.isBlank())
                        .map(text -> SnapshotService.parse(text, SNAPSHOT_VARIABLE)))
                .orElse(SnapshotService.PUBLIC);
    }

    /**
     * The mirror to use.
     *
     * @param option what the user gave as {@code --mirror}
     * @param lockDate the date of the lock whose packages are fetched, if there is one
     */
    public Mirror find(Optional<String> option, Optional<Instant> lockDate) {
        return option.map(text -> named(text, "--mirror"))
                .or(() -> Optional.ofNullable(environment.get(VARIABLE))
                        .filter(text -> !text.isBlank())
                        .map(text -> named(text, VARIABLE)))
                .or(() -> AptSources.read(aptDirectory).flatMap(Mirrors::fromApt))
                .orElseGet(() -> snapshot(lockDate));
    }

    /** The snapshot service, which a lock of that date is fetched from where the mirror lacks something. */
    public Snapshot fallback(Optional<Instant> lockDate) {
        return new Snapshot(snapshots, snapshot(lockDate));
    }

    /** The snapshot service when the lock was made, or now when there is no lock. */
    private Mirror snapshot(Optional<Instant> lockDate) {
        Instant now = clock.instant();
        Instant time = lockDate.map(date -> date.plus(SNAPSHOT_DELAY)).orElse(now);
        return snapshots.at(time.isAfter(now) ? now : time);
    }

    private static Mirror named(String text, String origin) {
        List<String> parts = List.of(text.strip().split("[,\\s]+"));
        if (parts.size() > 2) {
            throw badInput("'" + origin + "' names " + parts.size()
                    + " addresses: expected one, or two for debian and debian-security");
        }
        URI first = withoutSlash(Addresses.parse(parts.get(0), origin));
        if (parts.size() == 2) {
            return new Mirror(first, withoutSlash(Addresses.parse(parts.get(1), origin)), origin);
        }
        return AptSources.isArchive(first, Archive.DEBIAN)
                ? new Mirror(first, sibling(first), origin)
                : new Mirror(child(first, Archive.DEBIAN), child(first, Archive.SECURITY), origin);
    }

    private static Optional<Mirror> fromApt(AptSources sources) {
        return sources.first(Archive.DEBIAN).map(source -> {
            URI debian = withoutSlash(source.uri());
            URI security = sources.first(Archive.SECURITY)
                    .map(AptSources.Source::uri)
                    .map(Mirrors::withoutSlash)
                    .orElseGet(() -> sibling(debian));
            return new Mirror(debian, security, source.file().toString());
        });
    }

    private static URI sibling(URI debian) {
        return URI.create(debian + "-security");
    }

    private static URI child(URI directory, Archive archive) {
        return URI.create(directory + "/" + archive);
    }

    private static URI withoutSlash(URI uri) {
        return URI.create(uri.toString().replaceFirst("/+$", ""));
    }
}
