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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final TestSnapshots snapshots = TestSnapshots.start();

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
    void takesWhatTheMirrorDroppedFromTheStateAfterTheLocksDate() {
        TestDeb deb = deb("old", "1+b1");
        BinaryPackage binary = dropped(deb);
        snapshots.saw(DATE.plusSeconds(3600), binary, deb);

        fetch(List.of(binary));

        assertThat(store.contains(binary.deb())).isTrue();
        assertThat(snapshots.requests())
                .containsExactly(
                        "/archive/debian/20261121T211544Z/" + binary.path().replace("+", "%2B"),
                        "/archive/debian/20261121T101544Z/" + binary.path().replace("+", "%2B"));
    }

    @Test
    void takesWhatHadLeftTheArchiveLongBeforeTheLocksDateByItsHash() {
        TestDeb deb = deb("held", "1:2~rc1+dfsg-1");
        BinaryPackage binary = dropped(deb);
        snapshots.saw(DATE.minusSeconds(90 * 86400), binary, deb);
        snapshots.sawNothing(DATE, Archive.DEBIAN);

        fetch(List.of(binary));

        assertThat(store.contains(binary.deb())).isTrue();
        assertThat(snapshots.requests()).contains("/mr/binary/held/1%3A2%7Erc1%2Bdfsg-1/binfiles?fileinfo=1");
    }

    @Test
    void takesTheFileOfItsArchitectureAndSizeAmongThoseOfAVersion() {
        TestDeb deb = deb("two", "1");
        BinaryPackage binary = dropped(deb);
        BinaryPackage arm = archive.add(Archive.DEBIAN, deb("two", "1").field("Architecture", "arm64"));
        snapshots.saw(DATE.minusSeconds(20), arm, new byte[(int) binary.deb().size()]);
        snapshots.saw(DATE.minusSeconds(10), binary, new byte[(int) binary.deb().size()]); // the wrong one of two
        snapshots.saw(DATE.minusSeconds(9), binary, new byte[5]);
        snapshots.saw(DATE.minusSeconds(5), binary, deb);
        snapshots.sawNothing(DATE, Archive.DEBIAN);

        fetch(List.of(binary));

        assertThat(store.contains(binary.deb())).isTrue();
    }

    @Test
    void refusesWhatTheServiceHasInThePlaceOfAPackage() throws Exception {
        BinaryPackage binary = dropped(deb("evil", "1"));
        snapshots.saw(DATE, binary, new byte[(int) binary.deb().size()]);

        assertThatThrownBy(() -> fetch(List.of(binary)))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.VERIFICATION))
                .hasMessageContaining(snapshots.root().toString());
        assertThat(files()).isEmpty();
    }

    @Test
    void namesAllPackagesThatNobodyHasAndTheCommandThatMovesThem() {
        BinaryPackage gone = dropped(deb("gone", "1"));
        BinaryPackage lost = dropped(deb("lost", "2"));
        BinaryPackage there = archive.add(Archive.DEBIAN, deb("there", "1"));

        assertThatThrownBy(() -> fetch(List.of(lost, gone, there)))
                .isInstanceOfSatisfying(BuildException.class, e -> {
                    assertThat(e.kind()).isEqualTo(BuildException.Kind.UNAVAILABLE);
                    assertThat(e.hint())
                            .hasValueSatisfying(
                                    hint -> assertThat(hint).contains("osie-build lock hook --update gone lost"));
                })
                .hasMessageContaining("gone 1 (amd64) (" + gone.deb().digest() + "), lost 2 (amd64)")
                .hasMessageContaining("the snapshot service " + snapshots.root() + " does not have all of them.");
        assertThat(store.contains(there.deb())).isTrue();
    }

    @Test
    void saysInOneMessageThatTheSnapshotServiceCouldNotBeReachedEither() {
        BinaryPackage binary = dropped(deb("gone", "1"));
        snapshots.close();

        assertThatThrownBy(() -> fetch(List.of(binary)))
                .isInstanceOfSatisfying(
                        BuildException.class,
                        e -> assertThat(e.hint())
                                .hasValueSatisfying(
                                        hint -> assertThat(hint).contains("osie-build lock hook --update gone")))
                .hasMessageContaining(
                        "Tried to get gone 1 (amd64) (" + binary.deb().digest() + ") as the lock asks")
                .hasMessageContaining("the mirror no longer has " + archive.root() + "/debian/" + binary.path())
                .hasMessageContaining("there was no answer");
    }

    @Test
    void asksAServiceThatIsOutOfReachForOnePackageOnly() {
        List<BinaryPackage> packages = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            packages.add(dropped(deb("gone" + i, "1")));
        }
        snapshots.close();

        assertThatThrownBy(
                        () -> fetcher(Progress.SILENT, Duration.ofMillis(500)).fetch(packages))
                .hasMessageContaining("40 packages")
                .hasMessageContaining(" and 35 more");
    }

    private BinaryPackage dropped(TestDeb deb) {
        BinaryPackage binary = archive.add(Archive.DEBIAN, deb);
        archive.drop(binary);
        return binary;
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
        return fetcher(progress, Duration.ofMillis(1));
    }

    private PackageFetcher fetcher(Progress progress, Duration pause) {
        Downloader downloader =
                new Downloader(new Transport(Map.of(), Duration.ofSeconds(10)), new Retries(List.of(pause)));
        Mirrors mirrors = new Mirrors(Map.of(), directory, snapshots.service(), Clock.systemUTC());
        return new PackageFetcher(
                archive.mirror(),
                mirrors.fallback(Optional.of(DATE)),
                downloader,
                store,
                progress,
                "osie-build lock hook");
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
