package dev.osie.build.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.debian.Archive;
import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.DebReader;
import dev.osie.build.debian.Downloader;
import dev.osie.build.debian.Keyring;
import dev.osie.build.debian.Mirror;
import dev.osie.build.debian.Mirrors;
import dev.osie.build.debian.PackageFetcher;
import dev.osie.build.debian.Suite;
import dev.osie.build.debian.SuiteReader;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Node;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way from the mirror that this host is set up with to the files of a package: the real keyring, the real indexes. */
@Tag("tools")
final class RealMirrorTest {
    private static final List<PackageSet> SETS = List.of(
            PackageSet.closed(
                    "docker",
                    List.of("busybox-static", "kmod", "containerd", "runc", "docker.io", "iptables"),
                    List.of("adduser", "debconf")),
            PackageSet.only("jdk/21", List.of("openjdk-21-jdk-headless")));
    private static final PackageSet X86_KERNEL = PackageSet.closed(
            "kernel/debian", List.of("linux-image-amd64"), List.of("kmod", "linux-base", "initramfs-tools"));

    @TempDir
    private Path directory;

    @Test
    void resolvesAndFetchesWhatAnImageNeeds() throws Exception {
        Store store = Store.open(directory);
        Mirrors mirrors = Mirrors.ofHost();
        Mirror mirror = mirrors.find(Optional.empty(), Optional.empty());
        Downloader downloader = Downloader.create(System.getenv());
        Clock clock = Clock.systemUTC();
        SuiteReader reader = new SuiteReader(mirror, Keyring.debian(clock), downloader, store, clock);

        Lock lock = new Locker(reader, Suite.DEFAULT, binary -> new byte[0], Progress.SILENT)
                .resolve(List.of(
                        new LockRequest(Architecture.X86_64, List.of(SETS.get(0), SETS.get(1), X86_KERNEL)),
                        new LockRequest(Architecture.AARCH64, SETS)));

        assertThat(lock.suites()).extracting(LockedSuite::archive).containsExactly(Archive.DEBIAN, Archive.SECURITY);
        for (Architecture architecture : Architecture.values()) {
            assertThat(names(lock, architecture, "docker"))
                    .contains("docker.io", "libc6", "containerd", "runc", "tini", "busybox-static")
                    .doesNotContain("adduser", "debconf", "passwd");
            assertThat(lock.packagesOf(architecture, "docker"))
                    .extracting(BinaryPackage::architecture)
                    .containsOnly(architecture.debianName(), "all");
            assertThat(names(lock, architecture, "jdk/21")).containsExactly("openjdk-21-jdk-headless");
        }
        assertThat(names(lock, Architecture.X86_64, "kernel/debian"))
                .hasSize(2)
                .allMatch(name -> name.startsWith("linux-image-"));

        BinaryPackage busybox = lock.packagesOf(Architecture.X86_64, "docker").get(0);
        new PackageFetcher(
                        mirror,
                        mirrors.fallback(Optional.empty()),
                        downloader,
                        store,
                        Progress.SILENT,
                        "osie-build lock")
                .fetch(List.of(busybox));

        try (Scratch scratch = store.scratch()) {
            assertThat(busybox.name()).isEqualTo("busybox-static");
            assertThat(DebReader.read(store, busybox, scratch).get("usr/bin/busybox"))
                    .containsInstanceOf(Node.RegularFile.class);
        }
        assertThat(LockFile.read("osie.lock", LockWriter.text(lock))).isEqualTo(lock);
    }

    private static List<String> names(Lock lock, Architecture architecture, String set) {
        return lock.packagesOf(architecture, set).stream()
                .map(BinaryPackage::name)
                .toList();
    }
}
