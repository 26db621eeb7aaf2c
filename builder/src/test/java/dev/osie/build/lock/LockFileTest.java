package dev.osie.build.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Digest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LockFileTest {
    private static final String CONTENT = """
            # What osie-build built from, to the byte. Keep it with the flavor to build the same again.
            # What is missing: osie-build lock. What there is today: osie-build lock --update.
            version: 2
            builder:
              segments: "2"
              zstd: "1.5.7-4"
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
            images:
              - name: docker.io/library/redis:7
                index: sha256:5555555555555555555555555555555555555555555555555555555555555555
                manifests:
                  x86_64: sha256:6666666666666666666666666666666666666666666666666666666666666666
                  aarch64: sha256:7777777777777777777777777777777777777777777777777777777777777777
              - name: registry.lab:5000/tool:1
                manifests:
                  x86_64: sha256:8888888888888888888888888888888888888888888888888888888888888888
            """;
    private static final String TEXT = CONTENT + "check: " + Digest.ofText(CONTENT) + "\n";

    @TempDir
    private Path directory;

    @Test
    void writesWhatItReads() {
        Path file = directory.resolve("osie.lock");
        Lock lock = LockFile.read("osie.lock", TEXT);

        assertThat(LockFile.create(file, lock)).isTrue();

        assertThat(file).hasContent(TEXT);
        assertThat(LockFile.read(file)).isEqualTo(lock);
        assertThat(LockFile.find(directory.resolve("another"))).isEmpty();
    }

    @Test
    void readsWhatOnlyLooksDifferent() {
        String text = TEXT.replace("\n", "\r\n").replace("suites:", "# a comment\r\nsuites:");

        assertThat(LockFile.read("osie.lock", text)).isEqualTo(LockFile.read("osie.lock", TEXT));
    }

    @Test
    void leavesNothingButTheLock() throws Exception {
        Path file = directory.resolve("osie.lock");
        Lock lock = LockFile.read("osie.lock", TEXT);
        LockFile.create(file, lock);
        LockFile.replace(file, lock, other(lock));

        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
        assertThat(LockFile.read(file)).isEqualTo(other(lock));
    }

    @Test
    void createsALockOnlyOnceHoweverManyTryAndNobodySeesAHalf() throws Exception {
        Path file = directory.resolve("osie.lock");
        Lock lock = LockFile.read("osie.lock", TEXT);
        List<Callable<Boolean>> writers = Collections.nCopies(16, () -> {
            boolean first = LockFile.create(file, lock);
            assertThat(LockFile.read(file)).isEqualTo(lock);
            return first;
        });
        ExecutorService threads = Executors.newFixedThreadPool(16);
        int created = 0;
        for (Future<Boolean> writer : threads.invokeAll(writers)) {
            created += writer.get() ? 1 : 0;
        }
        threads.shutdown();

        assertThat(created).isEqualTo(1);
        assertThat(directory).isDirectoryContaining("glob:**/osie.lock").isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void doesNotReplaceALockThatSomebodyElseWrote() {
        Path file = directory.resolve("osie.lock");
        Lock lock = LockFile.read("osie.lock", TEXT);
        LockFile.create(file, other(lock));

        assertThatThrownBy(() -> LockFile.replace(file, lock, Lock.EMPTY))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.UNAVAILABLE))
                .hasMessageContaining("changed meanwhile");
        assertThat(LockFile.read(file)).isEqualTo(other(lock));
    }

    @Test
    void writesThroughALinkToASharedLock() throws Exception {
        Path shared = directory.resolve("shared.lock");
        Lock lock = LockFile.read("osie.lock", TEXT);
        LockFile.create(shared, lock);
        Path link = Files.createSymbolicLink(directory.resolve("osie.lock"), Path.of("shared.lock"));

        LockFile.replace(link, lock, other(lock));

        assertThat(link).isSymbolicLink();
        assertThat(LockFile.read(shared)).isEqualTo(other(lock));
    }

    @Test
    void saysThatALockCannotBeWritten() throws Exception {
        assertUnwritable(directory.resolve("missing").resolve("osie.lock"), "there is no folder");
        Path file = Files.writeString(directory.resolve("file"), "");
        assertUnwritable(file.resolve("osie.lock"), "is no folder");
    }

    @Test
    void saysThatItsFolderIsReadOnly() throws Exception {
        Path folder = Files.createDirectory(directory.resolve("read-only"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeFalse(Files.isWritable(folder), "root may write everywhere");

        assertUnwritable(folder.resolve("osie.lock"), "its folder is not writable");
    }

    private static void assertUnwritable(Path file, String reason) {
        assertThatThrownBy(() -> LockFile.requireWritable(file))
                .isInstanceOfSatisfying(BuildException.class, e -> {
                    assertThat(e.kind()).isEqualTo(BuildException.Kind.UNAVAILABLE);
                    assertThat(e.hint())
                            .hasValueSatisfying(hint -> assertThat(hint).contains("--lock FILE"));
                })
                .hasMessageContaining(file.toString())
                .hasMessageContaining(reason);
        assertThatThrownBy(() -> LockFile.create(file, Lock.EMPTY))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining(file.toString());
    }

    private static Lock other(Lock lock) {
        return lock.withBuilder(new TreeMap<>(Map.of("zstd", "1.5.8-1")));
    }

    @Test
    void namesTheConflictThatGitLeft() {
        String ours =
                TEXT.replace("    size: 12\n", "<<<<<<< HEAD\n    size: 12\n=======\n    size: 13\n>>>>>>> theirs\n");

        assertRefused(ours, "osie.lock:45:1: git could not merge two versions of the lock");
    }

    @Test
    void namesALockOfAnotherVersion() {
        assertRefused(TEXT.replace("version: 2\n", "version: 3\n"), "version 3, made by a newer osie-build");
        assertRefused(TEXT.replace("version: 2\n", "version: 1\n"), "version 1, made by an earlier osie-build");
    }

    @Test
    void findsThatItWasEdited() {
        for (String[] edit : new String[][] {
            {"09:15:44Z", "09:15:45Z"},
            {"sha256:bbbb", "sha256:bbbc"},
            {"      exclude:\n        - debconf\n", ""},
            {"size: 12", "size: 13"},
            {"\"1.10\"", "\"1.11\""},
            {"archive: debian-security\n    path", "archive: debian\n    path"},
            {"sha256:5555", "sha256:5556"},
            {"\"1.5.7-4\"", "\"1.5.7-5\""},
        }) {
            String edited = TEXT.replace(edit[0], edit[1]);
            assertThat(edited).isNotEqualTo(TEXT);
            assertThatThrownBy(() -> LockFile.read("osie.lock", edited))
                    .as(edit[0])
                    .isInstanceOfSatisfying(
                            BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.VERIFICATION))
                    .hasMessageContaining("osie.lock is not as osie-build wrote it");
        }
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

        assertRefused(text, "osie.lock:12:5: 'ubuntu' is not an archive of Debian");
        assertRefused(text, "osie.lock:41:14: 'version' of a package must be text: write \"1.10\" with quotes");
        assertRefused(text, "unknown key 'excludes' in a set of packages — did you mean 'exclude'?");
    }

    @Test
    void refusesWhatALockMustNotSay() {
        assertRefused(TEXT.replace("version: 2\n", ""), "needs the key 'version'");
        assertRefused(CONTENT, "needs the key 'check'");
        assertRefused(TEXT.replace("redis:7", "redis"), "is not the full name of an image with its tag");
        assertRefused(TEXT.replace("manifests:\n      x86_64: sha256:8", "manifests:\n      riscv: sha256:8"), "riscv");
        assertRefused(TEXT.replace("size: 12", "size: -12"), "the size -12 of package 0ad is not positive");
        assertRefused(TEXT.replace("pool/main/0", "pool/../../0"), "leaves the tree");
        assertRefused(TEXT.replace("sha256:1", "sha256:x"), "is not a SHA-256 digest");
        assertRefused(TEXT.replace("2026-11-21T09:15:44Z", "yesterday"), "'yesterday' is not a time");
        assertRefused(
                TEXT.replace("name: runc", "name: crun"), "has the package 'runc', which the lock does not describe");
        assertRefused(TEXT.replace("architecture: arm64", "architecture: amd64"), "runc (amd64) is described twice");
        assertRefused(TEXT.replace("name: jdk/21", "name: docker"), "the set 'docker' of x86_64 is there twice");
        assertRefused("version: 2\nsets: { x86_64: [{ name: a }] }\ncheck: x\n", "the lock names no suite");
        assertRefused("", "the document is empty");
    }

    @Test
    void keepsWhereAnImageCameFrom() {
        String content =
                CONTENT.replace("registry.lab:5000/tool:1\n", "registry.lab:5000/tool:1\n    from: docker-daemon\n");
        String other = content.replace("docker-daemon", "\"a b\"");

        Lock lock = LockFile.read("osie.lock", content + "check: " + Digest.ofText(content) + "\n");

        assertThat(lock.images().get("registry.lab:5000/tool:1").from()).contains("docker-daemon");
        assertRefused(other + "check: " + Digest.ofText(other) + "\n", "is no kind of place");
    }

    private static void assertRefused(String text, String reason) {
        assertThatThrownBy(() -> LockFile.read("osie.lock", text))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.BAD_INPUT))
                .hasMessageContaining(reason);
    }
}
