package dev.osie.build.debian;

import static dev.osie.build.failure.BuildException.unavailable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.build.failure.BuildException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/**
 * Brings packages from the snapshot service: by their path in the archive as it was after the lock's date, else by the hash that the
 * service keeps them under. That is a SHA-1, so it only leads to the file; what the file must be says the lock.
 */
final class SnapshotFetcher {
    private static final int MOST_OF_AN_ANSWER = 4 << 20;
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

    private final Snapshot snapshot;
    private final Downloader downloader;
    private final BlobFetcher fetcher;

    SnapshotFetcher(Snapshot snapshot, Downloader downloader, BlobFetcher fetcher) {
        this.snapshot = snapshot;
        this.downloader = downloader;
        this.fetcher = fetcher;
    }

    /**
     * Brings a package into the store.
     *
     * @return false when the service has none of that name, version and size
     * @throws BuildException {@code UNAVAILABLE} when the service cannot be reached, {@code VERIFICATION} when it has something else
     */
    boolean fetch(BinaryPackage binary, LongConsumer advanced) {
        return fetcher.fetch(snapshot.state().resolve(binary.archive(), binary.path()), binary.deb(), advanced)
                || fetchByHash(binary, advanced);
    }

    private boolean fetchByHash(BinaryPackage binary, LongConsumer advanced) {
        Optional<BuildException> other = Optional.empty();
        for (String hash : hashes(binary)) {
            try {
                if (fetcher.fetch(snapshot.service().file(hash), binary.deb(), advanced)) {
                    return true;
                }
            } catch (BuildException e) {
                if (e.kind() != BuildException.Kind.VERIFICATION) {
                    throw e;
                }
                other = Optional.of(e); // Archives may have had different files of one name; the next may be ours.
            }
        }
        if (other.isPresent()) {
            throw other.get();
        }
        return false;
    }

    /** The hashes of the files that have the package's name and size. */
    private SortedSet<String> hashes(BinaryPackage binary) {
        URI uri = snapshot.service().filesOf(binary);
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        boolean known = downloader.fetch(uri, MOST_OF_AN_ANSWER, in -> {
            answer.reset();
            in.transferTo(answer);
        });
        SortedSet<String> hashes = new TreeSet<>();
        if (known) {
            parse(uri, answer.toByteArray()).path("fileinfo").properties().forEach(file -> {
                if (HASH.matcher(file.getKey()).matches() && isFileOf(binary, file.getValue())) {
                    hashes.add(file.getKey());
                }
            });
        }
        return hashes;
    }

    private static JsonNode parse(URI uri, byte[] answer) {
        try {
            return new ObjectMapper().readTree(answer);
        } catch (IOException e) {
            throw unavailable("Tried to get " + Addresses.shown(uri) + ", but the answer is not JSON.")
                    .because(e);
        }
    }

    private static boolean isFileOf(BinaryPackage binary, JsonNode places) {
        String name = binary.path().substring(binary.path().lastIndexOf('/') + 1);
        for (JsonNode place : places) {
            if (place.path("name").asText().equals(name)
                    && place.path("size").asLong() == binary.deb().size()) {
                return true;
            }
        }
        return false;
    }
}
