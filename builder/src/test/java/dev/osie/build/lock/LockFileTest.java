package dev.osie.build.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LockFileTest {
    private static final String TEXT = """
            # What osie-build built from, to the byte. Keep it with the flavor to build the same again.
            # To take what the suites have today: osie-build lock
            version: 1
            suites:
              - archive: debian
                suite: trixie
                date: "2026-11-21T09:15:44Z"
                inrelease: sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
              - archive: debian-security
                suite: trixie-security
                date: "2026-11-22T00:53:03Z"
                inrelease: sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
            sets:
              x86_64:
                - name: docker
                  wanted:
                    - "on"
                    - runc
                  exclude:
                    - debconf
                  packages:
                    - "on"
                    - runc
                - name: jdk/21
                  wanted:
                    - "0ad"
                  dependencies: false
                  packages:
                    - "0ad"
              aarch64:
                - name: docker
                  wanted:
                    - runc
                  packages:
                    - runc
            packages:
              - name: "0ad"
                version: "1.10"
                architecture: all
                archive: debian
                path: pool/main/0/0ad/0ad_1.10_all.deb
                size: 12
                digest: sha256:1111111111111111111111111111111111111111111111111111111111111111
              - name: "on"
                version: "1:2~rc1-1"
                architecture: amd64
                archive: debian
                path: "pool/main/o/on/on_2~rc1-1_amd64.deb"
                size: 13
                digest: sha256:2222222222222222222222222222222222222222222222222222222222222222
              - name: runc
                version: "1.1+ds1-1"
                architecture: amd64
                archive: debian-security
                path: pool/updates/main/r/runc/runc_1.1+ds1-1_amd64.deb
                size: 14
                digest: sha256:3333333333333333333333333333333333333333333333333333333333333333
              - name: runc
                version: "1.1+ds1-1"
                architecture: arm64
                archive: debian-security
                path: pool/updates/main/r/runc/runc_1.1+ds1-1_arm64.deb
                size: 15
                digest: sha256:4444444444444444444444444444444444444444444444444444444444444444
            """;

    @TempDir
    private Path directory;

    @Test
    void writesWhatItReads() throws IOException {
        Path file = directory.resolve("osie.lock");

        LockFile.write(file, LockFile.read("osie.lock", TEXT));

        assertThat(Files.readString(file)).startsWith(TEXT + "# sum sha256:");
        assertThat(LockFile.read(file)).isEqualTo(LockFile.read("osie.lock", TEXT));
    }

    @Test
    void findsAFlipInAnyByte() throws Exception {
        Path file = directory.resolve("osie.lock");
        Lock lock = LockFile.read("osie.lock", TEXT);
        LockFile.write(file, lock);
        byte[] whole = Files.readAllBytes(file);

        for (int i = 0; i < whole.length; i++) {
            byte[] flipped = whole.clone();
            flipped[i] ^= (byte) (1 << i % 7);
            Files.write(file, flipped);

            try {
                assertThat(LockFile.read(file))
                        .as("byte %d says nothing else", i)
                        .isEqualTo(lock);
                assertThat(i).as("what may be altered is the sum's own label").isGreaterThan(TEXT.length() - 1);
            } catch (BuildException found) {
                assertThat(found.kind()).isIn(BuildException.Kind.VERIFICATION, BuildException.Kind.BAD_INPUT);
            }
        }
    }

    @Test
    void aLockWithoutASumIsTakenAsItIs() throws Exception {
        Path file = Files.writeString(directory.resolve("osie.lock"), TEXT);

        assertThat(LockFile.read(file)).isEqualTo(LockFile.read("osie.lock", TEXT));
    }

    @Test
    void aLockThatWasEditedIsNotTheOneThatWasWritten() throws Exception {
        Path file = directory.resolve("osie.lock");
        LockFile.write(file, LockFile.read("osie.lock", TEXT));
        Files.writeString(file, Files.readString(file).replace("2026-11-22", "2026-11-23"));

        assertThatThrownBy(() -> LockFile.read(file))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.VERIFICATION))
                .hasMessageContaining("is not as osie-build wrote it");
    }

    @Test
    void leavesNothingButTheLock() throws Exception {
        Path file = directory.resolve("osie.lock");
        LockFile.write(file, LockFile.read("osie.lock", TEXT));
        LockFile.write(file, LockFile.read("osie.lock", TEXT));

        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void saysThatALockCannotBeWritten() {
        Path file = directory.resolve("missing").resolve("osie.lock");

        assertThatThrownBy(() -> LockFile.write(file, LockFile.read("osie.lock", TEXT)))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.UNAVAILABLE))
                .hasMessageContaining(file.toString());
    }

    @Test
    void keepsArchitecturesApart() {
        Lock lock = LockFile.read("osie.lock", TEXT);

        assertThat(lock.packagesOf(Architecture.AARCH64, "docker"))
                .extracting(BinaryPackage::architecture)
                .containsExactly("arm64");
        assertThat(lock.packagesOf(Architecture.X86_64))
                .extracting(BinaryPackage::name)
                .containsExactly("0ad", "on", "runc");
    }

    @Test
    void isAsOldAsItsNewestSuite() {
        assertThat(LockFile.read("osie.lock", TEXT).date()).isEqualTo(Instant.parse("2026-11-22T00:53:03Z"));
    }

    @Test
    void reportsEveryProblemWithItsLine() {
        String text = TEXT.replace("archive: debian-security\n    suite", "archive: ubuntu\n    suite")
                .replace("version: \"1.10\"", "version: 1.10")
                .replace("exclude:", "excludes:");

        assertRefused(text, "osie.lock:9:5: 'ubuntu' is not an archive of Debian");
        assertRefused(text, "osie.lock:38:14: 'version' of a package must be text: write \"1.10\" with quotes");
        assertRefused(text, "unknown key 'excludes' in a set of packages — did you mean 'exclude'?");
    }

    @Test
    void refusesWhatALockMustNotSay() {
        assertRefused(TEXT.replace("version: 1\n", "version: 2\n"), "osie.lock:3:10: the lock is of version 2");
        assertRefused(TEXT.replace("version: 1\n", ""), "needs the key 'version'");
        assertRefused(TEXT.replace("size: 12", "size: -12"), "the size -12 of package 0ad is not positive");
        assertRefused(TEXT.replace("pool/main/0", "pool/../../0"), "leaves the tree");
        assertRefused(TEXT.replace("sha256:1", "sha256:x"), "is not a SHA-256 digest");
        assertRefused(TEXT.replace("2026-11-21T09:15:44Z", "yesterday"), "'yesterday' is not a time");
        assertRefused(
                TEXT.replace("name: runc", "name: crun"), "has the package 'runc', which the lock does not describe");
        assertRefused(TEXT.replace("architecture: arm64", "architecture: amd64"), "runc (amd64) is described twice");
        assertRefused(TEXT.replace("name: jdk/21", "name: docker"), "the set 'docker' of x86_64 is there twice");
        assertRefused("version: 1\n", "the lock names no suite");
        assertRefused("", "the document is empty");
    }

    @Test
    void coversWhatItWasMadeFor() {
        Lock lock = LockFile.read("osie.lock", TEXT);

        lock.requireCovers(new LockRequest(
                Architecture.X86_64, List.of(PackageSet.closed("docker", List.of("runc", "on"), List.of("debconf")))));
        lock.requireCovers(new LockRequest(Architecture.AARCH64, List.of()));
    }

    @Test
    void doesNotCoverAnImageThatChanged() {
        assertNotCovered(
                PackageSet.closed("docker", List.of("crun", "on"), List.of("debconf")),
                "The lock was made for another 'docker' (x86_64): its packages are now with crun, without runc.");
        assertNotCovered(
                PackageSet.closed("docker", List.of("runc", "on"), List.of()),
                "its excluded packages are now without debconf");
        assertNotCovered(PackageSet.closed("jdk/21", List.of("0ad"), List.of()), "dependencies are now followed");
        assertNotCovered(
                PackageSet.closed("dhcp", List.of("dhcpcd"), List.of()),
                "The lock has no packages for 'dhcp' on x86_64.");
    }

    private static void assertNotCovered(PackageSet set, String reason) {
        Lock lock = LockFile.read("osie.lock", TEXT);

        assertThatThrownBy(() -> lock.requireCovers(new LockRequest(Architecture.X86_64, List.of(set))))
                .isInstanceOfSatisfying(BuildException.class, e -> {
                    assertThat(e.kind()).isEqualTo(BuildException.Kind.BAD_INPUT);
                    assertThat(e.hint())
                            .hasValueSatisfying(hint -> assertThat(hint).contains("osie-build lock"));
                })
                .hasMessageContaining(reason);
    }

    private static void assertRefused(String text, String reason) {
        assertThatThrownBy(() -> LockFile.read("osie.lock", text))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.BAD_INPUT))
                .hasMessageContaining(reason);
    }
}
