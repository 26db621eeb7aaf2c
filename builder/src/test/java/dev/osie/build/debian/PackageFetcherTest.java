package dev.osie.build.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.http.Retries;
import dev.osie.build.http.Transport;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class PackageFetcherTest {
    private static final Instant DATE = Instant.parse("2026-11-21T09:15:44Z");

    private final TestArchive archive = TestArchive.start();
    private final TestArchive snapshots = TestArchive.start();

    @TempDir
    private Path directory;

    private Store store;

    @BeforeEach
    void open() {
        store = Store.open(directory);
    }

    @AfterEach
    void stop() {
        archive.close();
        snapshots.close();
    }

    @Test
    void bringsEveryPackageIntoTheStoreAndAsksOnlyOnce() {
        List<BinaryPackage> packages = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            packages.add(archive.add(Archive.DEBIAN, deb("package" + i, "1+" + i)));
        }
        packages.add(archive.add(Archive.SECURITY, deb("fixed", "1:2")));

        fetch(packages);
        fetch(packages);

        assertThat(packages).allSatisfy(binary -> {
            assertThat(store.contains(binary.deb())).isTrue();
            store.verify(binary.deb().digest());
        });
        assertThat(archive.requests()).hasSize(21).doesNotHaveDuplicates();
    }

    @Test
    void refusesAPackageWithAnotherDigestAndKeepsNothingOfIt() throws Exception {
        BinaryPackage binary = archive.add(Archive.DEBIAN, deb("evil", "1"));
        byte[] altered = deb("evil", "1").bytes();
        altered[altered.length - 1] ^= 1;
        String path = "/debian/" + binary.path();
        archive.serve(path, altered);

        assertThatThrownBy(() -> fetch(List.of(binary)))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.VERIFICATION))
                .hasMessageContaining(archive.root() + path)
                .hasMessageContaining("expected " + binary.deb().digest())
                .hasMessageContaining("found " + Digest.of(altered));
        assertThat(files()).isEmpty();
    }

    @Test
    void refusesAPackageThatIsCutShort() throws Exception {
        BinaryPackage binary = archive.add(Archive.DEBIAN, deb("short", "1"));
        archive.answer("/debian/" + binary.path(), exchange -> {
            exchange.sendResponseHeaders(200, 0); // Without a length, so the end looks like the end.
            exchange.getResponseBody().write("!<arch>\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        });

        assertThatThrownBy(() -> fetch(List.of(binary))).hasMessageContaining("(8 bytes)");
        assertThat(files()).isEmpty();
    }

    @Test
    void takesWhatTheMirrorDroppedFromTheSnapshotAfterTheLocksDate() {
        TestDeb deb = deb("old", "1");
        BinaryPackage binary = archive.add(Archive.DEBIAN, deb);
        archive.answer("/debian/" + binary.path(), TestArchive.status(404));
        snapshots.serve("/archive/debian/20261121T211544Z/" + binary.path(), deb.bytes());

        fetch(List.of(binary));

        assertThat(store.contains(binary.deb())).isTrue();
    }

    @Test
    void saysHowToMendALockWhosePackageIsGone() {
        BinaryPackage binary = archive.add(Archive.DEBIAN, deb("gone", "1"));
        archive.answer("/debian/" + binary.path(), TestArchive.status(404));

        assertThatThrownBy(() -> fetch(List.of(binary)))
                .isInstanceOfSatisfying(BuildException.class, e -> {
                    assertThat(e.kind()).isEqualTo(BuildException.Kind.UNAVAILABLE);
                    assertThat(e.hint())
                            .hasValueSatisfying(hint -> assertThat(hint).contains("osie-build lock"));
                })
                .hasMessageContaining("gone 1 (amd64)")
                .hasMessageContaining(archive.root().toString())
                .hasMessageContaining(snapshots.root().toString());
    }

    @Test
    void saysThatTheSnapshotServiceCouldNotBeReached() {
        BinaryPackage binary = archive.add(Archive.DEBIAN, deb("gone", "1"));
        archive.answer("/debian/" + binary.path(), TestArchive.status(404));
        snapshots.close();

        assertThatThrownBy(() -> fetch(List.of(binary)))
                .hasMessageContaining("the mirror no longer has")
                .hasMessageContaining("there was no answer");
    }

    @Test
    void endsTheOtherTransfersWhenOneFails() throws Exception {
        List<BinaryPackage> packages = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            BinaryPackage binary = archive.add(Archive.DEBIAN, deb("slow" + i, "1"));
            archive.answer("/debian/" + binary.path(), exchange -> {
                exchange.sendResponseHeaders(200, 0);
                try {
                    Thread.sleep(60_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            packages.add(binary);
        }
        BinaryPackage forbidden = archive.add(Archive.DEBIAN, deb("a-first", "1"));
        archive.answer("/debian/" + forbidden.path(), TestArchive.status(403));
        packages.add(forbidden);

        long start = System.nanoTime();
        assertThatThrownBy(() -> fetch(packages)).hasMessageContaining("403");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        assertThat(files()).isEmpty();
    }

    @Test
    void countsTheBytesOfEachPackageOnceThoughATransferIsRepeated() {
        BinaryPackage binary = archive.add(Archive.DEBIAN, deb("busy", "1"));
        byte[] bytes = deb("busy", "1").bytes();
        int[] tries = {0};
        archive.answer("/debian/" + binary.path(), exchange -> {
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes, 0, tries[0]++ == 0 ? 10 : bytes.length);
        });
        Counting progress = new Counting();

        fetcher(progress).fetch(List.of(binary));

        assertThat(progress.bytes).isEqualTo(bytes.length);
        assertThat(progress.total).isEqualTo(bytes.length);
        assertThat(progress.summary).isEqualTo("1 package, all digests verified");
    }

    private static TestDeb deb(String name, String version) {
        return TestDeb.of(name, version).file("usr/share/doc/" + name, version);
    }

    private void fetch(List<BinaryPackage> packages) {
        fetcher(Progress.SILENT).fetch(packages);
    }

    private PackageFetcher fetcher(Progress progress) {
        Downloader downloader = new Downloader(
                new Transport(Map.of(), Duration.ofSeconds(10)), new Retries(List.of(Duration.ofMillis(1))));
        Mirrors mirrors =
                new Mirrors(Map.of(), directory, new SnapshotService(snapshots.root()), java.time.Clock.systemUTC());
        Mirror fallback = mirrors.snapshot(java.util.Optional.of(DATE));
        return new PackageFetcher(archive.mirror(), fallback, downloader, store, progress);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static final class Counting implements Progress, Progress.Step {
        private long total;
        private long bytes;
        private String summary = "";

        @Override
        public Step start(String name, long totalBytes) {
            total = totalBytes;
            return this;
        }

        @Override
        public synchronized void advance(long count) {
            bytes += count;
        }

        @Override
        public void done(String text) {
            summary = text;
        }

        @Override
        public void close() {}

        @Override
        public void info(String line) {}

        @Override
        public void warn(String line) {}
    }
}
