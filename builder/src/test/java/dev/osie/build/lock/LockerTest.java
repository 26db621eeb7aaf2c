package dev.osie.build.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.debian.Archive;
import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.DebReader;
import dev.osie.build.debian.Downloader;
import dev.osie.build.debian.PackageFetcher;
import dev.osie.build.debian.Suite;
import dev.osie.build.debian.SuiteReader;
import dev.osie.build.debian.TestArchive;
import dev.osie.build.debian.TestDeb;
import dev.osie.build.debian.TestKey;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LockerTest {
    private static final Instant DATE = Instant.parse("2026-11-21T09:15:44Z");
    private static final LockRequest REQUEST = new LockRequest(
            Architecture.X86_64,
            List.of(
                    PackageSet.closed("docker", List.of("docker.io"), List.of("debconf")),
                    PackageSet.closed("init", List.of("runc"), List.of()),
                    PackageSet.only("jdk/21", List.of("openjdk-21-jdk-headless"))));

    private final TestArchive archive = TestArchive.start();
    private final TestKey key = TestKey.generate("Test Archive Key");
    private final Clock clock = Clock.fixed(DATE, ZoneOffset.UTC);
    private final Downloader downloader = Downloader.create(Map.of());

    @TempDir
    private Path directory;

    private Store store;

    @BeforeEach
    void publish() {
        store = Store.open(directory);
        archive.add(Archive.DEBIAN, deb("docker.io", "1").field("Depends", "runc (>= 1), debconf"));
        archive.add(Archive.DEBIAN, deb("runc", "1.1"));
        archive.add(Archive.DEBIAN, deb("openjdk-21-jdk-headless", "21").field("Depends", "absent"));
        archive.add(Archive.SECURITY, deb("runc", "1.2"));
        Suite.DEFAULT.forEach(suite -> archive.publish(suite, DATE, key));
    }

    @AfterEach
    void stop() {
        archive.close();
    }

    @Test
    void locksWhatTheSuitesHave() {
        Lock lock = resolve();

        assertThat(lock.packagesOf(Architecture.X86_64, "docker"))
                .extracting(BinaryPackage::toString)
                .containsExactly("docker.io 1 (amd64)", "runc 1.2 (amd64)");
        assertThat(lock.packagesOf(Architecture.X86_64, "init"))
                .extracting(BinaryPackage::archive)
                .containsExactly(Archive.SECURITY);
        assertThat(lock.packagesOf(Architecture.X86_64, "jdk/21")).hasSize(1);
        assertThat(lock.date()).isEqualTo(DATE);
        lock.requireCovers(REQUEST);
    }

    @Test
    void locksTheSameAgain() {
        assertThat(LockWriter.text(resolve())).isEqualTo(LockWriter.text(resolve()));
    }

    @Test
    void buildsFromALockThoughTheSuitesAreGone() throws Exception {
        Path file = directory.resolve("osie.lock");
        LockFile.write(file, resolve());
        Suite.DEFAULT.forEach(
                suite -> archive.serve("/" + suite.archive() + "/dists/" + suite.name() + "/InRelease", new byte[0]));
        Lock lock = LockFile.read(file);
        List<BinaryPackage> packages = lock.packagesOf(Architecture.X86_64, "docker");

        new PackageFetcher(archive.mirror(), archive.mirror(), downloader, store, Progress.SILENT).fetch(packages);

        try (Scratch scratch = store.scratch()) {
            assertThat(DebReader.read(store, packages.get(1), scratch).nodes()).containsKey("usr/bin/runc");
        }
    }

    private static TestDeb deb(String name, String version) {
        return TestDeb.of(name, version).file("usr/bin/" + name, version);
    }

    private Lock resolve() {
        SuiteReader reader = new SuiteReader(archive.mirror(), key.keyring(clock), downloader, store, clock);
        return new Locker(reader, Suite.DEFAULT, Progress.SILENT).resolve(List.of(REQUEST));
    }
}
