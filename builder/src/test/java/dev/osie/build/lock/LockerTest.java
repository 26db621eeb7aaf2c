package dev.osie.build.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.debian.Archive;
import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.DebReader;
import dev.osie.build.debian.Downloader;
import dev.osie.build.debian.PackageFetcher;
import dev.osie.build.debian.Snapshot;
import dev.osie.build.debian.SnapshotService;
import dev.osie.build.debian.Suite;
import dev.osie.build.debian.SuiteReader;
import dev.osie.build.debian.TestArchive;
import dev.osie.build.debian.TestDeb;
import dev.osie.build.debian.TestKey;
import dev.osie.build.failure.BuildException;
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

    private static final LockRequest REQUEST_OF_ARM = new LockRequest(
            Architecture.AARCH64, List.of(PackageSet.closed("docker", List.of("docker.io"), List.of("debconf"))));

    private final TestArchive archive = TestArchive.start();
    private final TestKey key = TestKey.generate("Test Archive Key");
    private final Clock clock = Clock.fixed(DATE.plusSeconds(7200), ZoneOffset.UTC);
    private final Downloader downloader = Downloader.create(Map.of());

    @TempDir
    private Path directory;

    private Store store;

    @BeforeEach
    void publishFirst() {
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
        assertThat(Drift.lacking(lock, REQUEST)).isEmpty();
    }

    @Test
    void locksTheSameAgain() {
        assertThat(LockWriter.text(resolve())).isEqualTo(LockWriter.text(resolve()));
    }

    @Test
    void buildsFromALockThoughTheSuitesAreGone() throws Exception {
        Path file = directory.resolve("osie.lock");
        LockFile.create(file, resolve());
        Suite.DEFAULT.forEach(
                suite -> archive.serve("/" + suite.archive() + "/dists/" + suite.name() + "/InRelease", new byte[0]));
        Lock lock = LockFile.read(file);
        List<BinaryPackage> packages = lock.packagesOf(Architecture.X86_64, "docker");

        fetcher().fetch(packages);

        try (Scratch scratch = store.scratch()) {
            assertThat(DebReader.read(store, packages.get(1), scratch).nodes()).containsKey("usr/bin/runc");
        }
    }

    private static TestDeb deb(String name, String version) {
        return TestDeb.of(name, version).file("usr/bin/" + name, version);
    }

    @Test
    void addsWhatIsMissingAndLeavesTheRestWhereItIs() {
        Lock before = resolve();
        archive.add(Archive.DEBIAN, deb("docker.io", "2").field("Depends", "runc"));
        archive.add(Archive.SECURITY, deb("runc", "1.3"));
        archive.add(Archive.DEBIAN, deb("ssh", "9").field("Depends", "runc"));
        publish(DATE.plusSeconds(3600));

        Lock after = update(before, Selection.NOTHING, PackageSet.closed("ssh", List.of("ssh"), List.of()))
                .lock();

        assertThat(versions(after, "ssh")).containsExactly("runc 1.2", "ssh 9");
        assertThat(versions(after, "docker")).containsExactly("docker.io 1", "runc 1.2");
        assertThat(after.date()).isEqualTo(DATE.plusSeconds(3600));
    }

    @Test
    void readsNoSuiteWhenNothingIsMissing() {
        Lock before = resolve();
        int requests = archive.requests().size();

        assertThat(update(before, Selection.NOTHING).lock()).isEqualTo(before);
        assertThat(archive.requests()).hasSize(requests);
    }

    @Test
    void movesOnlyWhatIsNamedInEverySetThatHasIt() {
        Lock before = resolve();
        archive.add(Archive.DEBIAN, deb("docker.io", "2").field("Depends", "runc (>= 1), debconf"));
        archive.add(Archive.SECURITY, deb("runc", "1.3"));
        publish(DATE.plusSeconds(3600));

        Resolved runc = update(before, Selection.of(before, List.of("runc")));

        assertThat(versions(runc.lock(), "docker")).containsExactly("docker.io 1", "runc 1.3");
        assertThat(versions(runc.lock(), "init")).containsExactly("runc 1.3");
        assertThat(runc.forced()).isEmpty();
        assertThat(runc.lock().date()).isEqualTo(DATE.plusSeconds(3600));
    }

    @Test
    void movesWhatTheNamedPackageNeedsInOtherSetsToo() {
        Lock before = resolve();
        archive.add(Archive.DEBIAN, deb("docker.io", "2").field("Depends", "runc (>= 1.3)"));
        archive.add(Archive.SECURITY, deb("runc", "1.3"));
        publish(DATE);

        Resolved docker = update(before, Selection.of(before, List.of("docker.io")));

        assertThat(versions(docker.lock(), "docker")).containsExactly("docker.io 2", "runc 1.3");
        assertThat(versions(docker.lock(), "init")).containsExactly("runc 1.3");
        assertThat(docker.forced()).containsExactly(Map.entry("runc", "docker.io 2 (amd64) needs runc (>= 1.3)"));
    }

    @Test
    void movesAllThatARecipeNamesOrThatASuiteHas() {
        Lock before = resolve();
        archive.add(Archive.DEBIAN, deb("docker.io", "2").field("Depends", "runc"));
        archive.add(Archive.SECURITY, deb("runc", "1.3"));
        publish(DATE);

        assertThat(versions(
                        update(before, Selection.of(before, List.of("@image:docker")))
                                .lock(),
                        "docker"))
                .containsExactly("docker.io 2", "runc 1.3");
        assertThat(versions(
                        update(before, Selection.of(before, List.of("trixie-security")))
                                .lock(),
                        "docker"))
                .containsExactly("docker.io 1", "runc 1.3");
        assertThat(versions(update(before, Selection.EVERYTHING).lock(), "docker"))
                .containsExactly("docker.io 2", "runc 1.3");
        assertThat(Selection.of(before, List.of("runc")).packages()).containsExactly("runc");
        assertThat(Selection.of(before, List.of("init")).packages()).containsExactly("runc");
        assertThatThrownBy(() -> Selection.of(before, List.of("dokcer.io")))
                .hasMessageContaining("Nothing in the lock is called 'dokcer.io'")
                .hasMessageContaining("did you mean 'docker.io'?");
    }

    @Test
    void keepsTheDateOfTheSuitesWhenNothingMoved() {
        Lock before = resolve();
        publish(DATE.plusSeconds(3600));

        assertThat(update(before, Selection.EVERYTHING).lock()).isEqualTo(before);
    }

    @Test
    void doesNotGoBackToAnEarlierStateOfTheSuites() {
        Lock before = resolve();
        archive.add(Archive.DEBIAN, deb("docker.io", "2").field("Depends", "runc"));
        publish(DATE.minusSeconds(60));

        assertThatThrownBy(() -> update(before, Selection.EVERYTHING))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.UNAVAILABLE))
                .hasMessageContaining("The mirror has trixie of 2026-11-21T09:14:44Z")
                .hasMessageContaining("of a later one, of 2026-11-21T09:15:44Z");
    }

    @Test
    void keepsArchitecturesTogether() {
        addForArm();
        publish(DATE);
        Lock before = resolve(REQUEST, REQUEST_OF_ARM);
        assertThat(versions(before, Architecture.AARCH64, "docker")).containsExactly("docker.io 1", "runc 1.2");
        archive.add(Archive.SECURITY, deb("runc", "1.3"));
        archive.add(Archive.SECURITY, deb("runc", "1.3").field("Architecture", "arm64"));
        publish(DATE);

        Lock after = update(before, Selection.of(before, List.of("runc"))).lock();

        assertThat(versions(after, Architecture.AARCH64, "docker")).containsExactly("docker.io 1", "runc 1.3");
        assertThat(versions(after, "init")).containsExactly("runc 1.3");
    }

    @Test
    void takesTheVersionOfAPackageForAllThatAnotherArchitectureHas() {
        archive.add(Archive.DEBIAN, deb("data", "1").field("Architecture", "all"));
        publish(DATE);
        Lock before = resolve(
                new LockRequest(Architecture.X86_64, List.of(PackageSet.closed("data", List.of("data"), List.of()))));
        addForArm();
        archive.add(Archive.DEBIAN, deb("data", "2").field("Architecture", "all"));
        publish(DATE);

        Lock after = update(
                        before,
                        Selection.NOTHING,
                        new LockRequest(
                                Architecture.AARCH64, List.of(PackageSet.closed("data", List.of("data"), List.of()))))
                .lock();

        assertThat(versions(after, Architecture.AARCH64, "data")).containsExactly("data 1");
    }

    @Test
    void refusesTwoFlavorsThatMeanDifferentThingsByAName() {
        assertThatThrownBy(() -> resolve(
                        REQUEST,
                        new LockRequest(
                                Architecture.X86_64, List.of(PackageSet.closed("init", List.of("ssh"), List.of())))))
                .hasMessageContaining("Two flavors ask for different packages by the name 'init'");
    }

    private void addForArm() {
        archive.add(
                Archive.DEBIAN,
                deb("docker.io", "1").field("Architecture", "arm64").field("Depends", "runc"));
        archive.add(Archive.SECURITY, deb("runc", "1.2").field("Architecture", "arm64"));
    }

    private void publish(Instant date) {
        Suite.DEFAULT.forEach(suite -> archive.publish(suite, date, key));
    }

    private static List<String> versions(Lock lock, String set) {
        return versions(lock, Architecture.X86_64, set);
    }

    private static List<String> versions(Lock lock, Architecture architecture, String set) {
        return lock.packagesOf(architecture, set).stream()
                .map(binary -> binary.name() + " " + binary.version())
                .toList();
    }

    private Lock resolve() {
        return resolve(REQUEST);
    }

    private Lock resolve(LockRequest... requests) {
        return locker().resolve(List.of(requests));
    }

    private Resolved update(Lock before, Selection selection, PackageSet... sets) {
        return update(before, selection, new LockRequest(Architecture.X86_64, List.of(sets)));
    }

    private Resolved update(Lock before, Selection selection, LockRequest request) {
        return locker().update(before, List.of(request), selection);
    }

    private Locker locker() {
        SuiteReader reader = new SuiteReader(archive.mirror(), key.keyring(clock), downloader, store, clock);
        return new Locker(
                reader,
                Suite.DEFAULT,
                binary -> {
                    fetcher().fetch(List.of(binary));
                    return DebReader.control(store, binary);
                },
                Progress.SILENT);
    }

    private PackageFetcher fetcher() {
        Snapshot none = new Snapshot(new SnapshotService(archive.root()), archive.mirror());
        return new PackageFetcher(archive.mirror(), none, downloader, store, Progress.SILENT, "osie-build lock");
    }
}
