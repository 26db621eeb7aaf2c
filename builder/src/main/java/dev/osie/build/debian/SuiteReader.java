package dev.osie.build.debian;

import static dev.osie.build.failure.BuildException.unavailable;
import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Reads suites from a mirror. Trust goes from the keyring to InRelease, by its signature; from there to the package indexes, by their
 * digests; and from those to the packages. A suite that has expired, or that is another than the one asked for, is refused, as an
 * attacker could replay it.
 */
public final class SuiteReader {
    private static final long MOST_OF_RELEASE = 16 << 20;
    private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);
    private static final List<String> COMPRESSIONS = List.of(".xz", ".gz");

    private final Mirror mirror;
    private final Keyring keyring;
    private final Downloader downloader;
    private final Store store;
    private final Clock clock;

    public SuiteReader(Mirror mirror, Keyring keyring, Downloader downloader, Store store, Clock clock) {
        this.mirror = mirror;
        this.keyring = keyring;
        this.downloader = downloader;
        this.store = store;
        this.clock = clock;
    }

    /**
     * Fetches and verifies a suite's InRelease file.
     *
     * @throws BuildException {@code UNAVAILABLE} when the mirror does not have the suite, {@code VERIFICATION} when the file is not
     *     signed by a trusted key, is damaged, has expired, or is of another suite
     */
    public SignedSuite read(Suite suite) {
        URI uri = mirror.resolve(suite.archive(), suite.directory() + "/InRelease");
        byte[] inRelease = downloader.isOffline() ? kept(suite) : fetch(suite, uri);
        try {
            ClearSigned message = ClearSigned.parse(inRelease);
            List<String> signers = keyring.verify(message);
            Release release = Release.parse(message.text());
            requireCurrent(suite, release, uri);
            store.put(inRelease);
            return new SignedSuite(suite, signers, Digest.of(inRelease), release);
        } catch (IOException e) {
            throw verification("Tried to verify " + Addresses.shown(uri) + ", but " + e.getMessage() + ".")
                    .hint("Perhaps a proxy answered in the mirror's place; or name another mirror with --mirror URL.")
                    .because(e);
        }
    }

    private byte[] fetch(Suite suite, URI uri) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        boolean found = downloader.fetch(uri, MOST_OF_RELEASE, in -> {
            content.reset();
            in.transferTo(content);
        });
        if (!found) {
            throw noSuchFile(uri, "the suite " + suite);
        }
        return content.toByteArray();
    }

    private byte[] kept(Suite suite) {
        return new KeptReleases(store, keyring)
                .newest(suite)
                .orElseThrow(() -> unavailable("The store has no signed index of " + suite + "."));
    }

    /** What the store lacks for suites to be read offline, in words; nothing when they can be. */
    public List<String> missing(Collection<Suite> suites, Architecture architecture) {
        List<String> missing = new ArrayList<>();
        for (Suite suite : suites) {
            if (new KeptReleases(store, keyring).newest(suite).isEmpty()) {
                missing.add("the signed index of " + suite);
                continue;
            }
            SignedSuite signed = read(suite);
            suite.components().stream()
                    .flatMap(component -> indexFile(signed, component, architecture).stream())
                    .filter(file -> !store.contains(file.content()))
                    .forEach(file -> missing.add("the package index " + file.path()));
        }
        return missing;
    }

    private void requireCurrent(Suite suite, Release release, URI uri) throws IOException {
        if (!release.codename().equals(suite.name())) {
            throw new IOException("it is the Release file of '" + release.codename() + "', not of '" + suite + "'");
        }
        Instant now = clock.instant();
        if (release.date().isAfter(now.plus(CLOCKS_DIFFER))) {
            throw verification(
                            Addresses.shown(uri) + " was made at " + release.date() + ", and it is only " + now + ".")
                    .hint("Perhaps this machine's clock is wrong.");
        }
        Optional<Instant> validUntil = release.validUntil();
        if (validUntil.isPresent() && validUntil.get().isBefore(now)) {
            throw verification(Addresses.shown(uri) + " expired at " + validUntil.get() + " (Valid-Until), and it is "
                            + now + ".")
                    .hint("Perhaps the mirror is no longer kept up to date, or this machine's clock is wrong.");
        }
    }

    /** The packages of suites for an architecture; where several have a package, the highest version. */
    public PackageIndex index(Collection<SignedSuite> suites, Architecture architecture, Progress progress) {
        List<IndexFile> files = suites.stream()
                .flatMap(suite -> suite.suite().components().stream()
                        .flatMap(component -> indexFile(suite, component, architecture).stream()))
                .toList();
        PackageIndex.Builder index = new PackageIndex.Builder();
        long bytes = files.stream().mapToLong(file -> file.content().size()).sum();
        try (Progress.Step step = progress.start("index", bytes)) {
            BlobFetcher fetcher = new BlobFetcher(downloader, store);
            for (IndexFile file : files) {
                fetch(fetcher, file, step);
                read(file, index);
            }
            PackageIndex built = index.build();
            step.done(built.size() + " packages for " + architecture);
            return built;
        }
    }

    /** An index of packages, by its path below the archive. */
    private record IndexFile(SignedSuite suite, String path, Blob content) {
        /** Where it lies under its digest, so that an update of the mirror meanwhile does not matter. */
        String pathByHash() {
            return path.substring(0, path.lastIndexOf('/')) + "/by-hash/SHA256/"
                    + content.digest().hex();
        }
    }

    private Optional<IndexFile> indexFile(SignedSuite suite, String component, Architecture architecture) {
        String plain = component + "/binary-" + architecture.debianName() + "/Packages";
        for (String compression : COMPRESSIONS) {
            Blob content = suite.release().files().get(plain + compression);
            if (content != null) {
                return Optional.of(
                        new IndexFile(suite, suite.suite().directory() + "/" + plain + compression, content));
            }
        }
        if (component.equals("main")) {
            throw unavailable("The suite " + suite.suite() + " has no packages for " + architecture + ": expected "
                    + plain + ".xz or .gz in its Release file ("
                    + mirror.root(suite.suite().archive()) + ").");
        }
        return Optional.empty();
    }

    private void fetch(BlobFetcher fetcher, IndexFile file, Progress.Step step) {
        Archive archive = file.suite().suite().archive();
        URI uri = mirror.resolve(archive, file.path());
        boolean found = file.suite().release().byHash()
                && fetcher.fetch(mirror.resolve(archive, file.pathByHash()), file.content(), step::advance);
        if (!found && !fetcher.fetch(uri, file.content(), step::advance)) {
            throw noSuchFile(uri, "an index that its Release file lists");
        }
    }

    private void read(IndexFile file, PackageIndex.Builder index) {
        try (InputStream stored =
                        new BufferedInputStream(store.read(file.content().digest()), 1 << 16);
                InputStream text = file.path().endsWith(".xz")
                        ? new XZInputStream(stored, 80 << 10)
                        : new GZIPInputStream(stored, 1 << 16)) {
            index.add(text, file.suite().suite().archive());
            // The store compares the file with its digest once it is read to the end.
            stored.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            store.verify(
                    file.content().digest()); // A copy that was altered is the store's fault, and not the mirror's.
            throw verification("The index " + file.path() + " ("
                            + file.content().digest() + ") cannot be read: " + e.getMessage())
                    .because(e);
        }
    }

    private BuildException noSuchFile(URI uri, String what) {
        return unavailable("Tried to get " + Addresses.shown(uri) + ", but the mirror (from " + mirror.origin()
                        + ") does not have it: " + what + ".")
                .hint(
                        "Perhaps name another mirror with --mirror URL, or both archives with --mirror URL,SECURITY-URL.");
    }
}
