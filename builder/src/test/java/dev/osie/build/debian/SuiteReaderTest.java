package dev.osie.build.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.http.Retries;
import dev.osie.build.http.Transport;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SuiteReaderTest {
    private static final Suite TRIXIE = new Suite(Archive.DEBIAN, "trixie", List.of("main", "non-free-firmware"));
    private static final Suite SECURITY = new Suite(Archive.SECURITY, "trixie-security", List.of("main"));
    private static final String IN_RELEASE = "/debian/dists/trixie/InRelease";
    private static final String PACKAGES = "/debian/dists/trixie/main/binary-amd64/Packages.xz";
    private static final Instant DATE = Instant.parse("2026-11-21T09:15:44Z");

    private final TestArchive archive = TestArchive.start();
    private final TestKey key = TestKey.generate("Test Archive Key (13/trixie) <nobody@example.org>");

    @TempDir
    private Path directory;

    @AfterEach
    void stop() {
        archive.close();
    }

    @Test
    void readsASignedSuite() {
        archive.add(Archive.DEBIAN, TestDeb.of("busybox", "1"));
        archive.publish(TRIXIE, DATE, key);

        SignedSuite suite = reader(DATE).read(TRIXIE);

        assertThat(suite.date()).isEqualTo(DATE);
        assertThat(suite.signers()).containsExactly("Test Archive Key (13/trixie)");
        assertThat(index(suite).candidate("busybox")).isPresent();
    }

    @Test
    void takesTheHigherVersionFromTheSecurityArchive() {
        archive.add(Archive.DEBIAN, TestDeb.of("openssl", "3.5.4-1"));
        archive.add(Archive.SECURITY, TestDeb.of("openssl", "3.5.4-1~deb13u1"));
        BinaryPackage fixed = archive.add(Archive.SECURITY, TestDeb.of("openssl", "3.5.4-1+deb13u2"));
        archive.publish(TRIXIE, DATE, key);
        archive.publish(SECURITY, DATE, key);
        SuiteReader reader = reader(DATE);

        PackageIndex index =
                reader.index(List.of(reader.read(TRIXIE), reader.read(SECURITY)), Architecture.X86_64, Progress.SILENT);

        assertThat(index.candidate("openssl").orElseThrow().binary()).isEqualTo(fixed);
    }

    @Test
    void refusesAnAlteredRelease() {
        archive.publish(TRIXIE, DATE, key);
        archive.serve(
                IN_RELEASE,
                text(key.clearSign(release()))
                        .replace("Suite: stable", "Suite: unstable")
                        .getBytes(StandardCharsets.UTF_8));

        assertRefused(DATE, "its text was altered: the signature of Test Archive Key (13/trixie)");
    }

    @Test
    void refusesAReleaseOfAKeyThatIsNotTrusted() {
        archive.publish(TRIXIE, DATE, TestKey.generate("Somebody <else@example.org>"));

        assertRefused(DATE, "no key that is trusted has signed it: key");
    }

    @Test
    void refusesAReleaseThatIsNotSigned() {
        archive.serve(IN_RELEASE, release().getBytes(StandardCharsets.UTF_8));

        assertRefused(DATE, "it is not signed");
    }

    @Test
    void refusesTheLoginPageOfAHotel() {
        archive.serve(IN_RELEASE, "<html><body>Welcome!</body></html>".getBytes(StandardCharsets.UTF_8));

        assertRefused(DATE, "it is not signed");
    }

    @Test
    void refusesAReleaseThatHasExpired() {
        archive.publish(TRIXIE, DATE, key);

        assertRefused(DATE.plus(Duration.ofDays(8)), "expired at 2026-11-28T09:15:44Z (Valid-Until)");
    }

    @Test
    void refusesAReleaseFromTheFuture() {
        archive.publish(TRIXIE, DATE, key);

        assertRefused(DATE.minus(Duration.ofDays(1)), "was made at 2026-11-21T09:15:44Z, and it is only 2026-11-20");
    }

    @Test
    void refusesTheReleaseOfAnotherSuite() {
        archive.publish(new Suite(Archive.DEBIAN, "bookworm", List.of("main")), DATE, key);
        archive.serve(IN_RELEASE, key.clearSign(release().replace("Codename: trixie", "Codename: bookworm")));

        assertRefused(DATE, "it is the Release file of 'bookworm', not of 'trixie'");
    }

    @Test
    void refusesASignatureWithAWeakDigest() {
        archive.serve(IN_RELEASE, key.clearSign(release(), HashAlgorithmTags.SHA1));

        assertRefused(DATE, "signed with a digest that is too weak");
    }

    @Test
    void refusesAKeyThatHasExpired() {
        TestKey expired = TestKey.generate("Old Key", Duration.ofDays(100));
        archive.publish(TRIXIE, DATE, expired);

        assertThatThrownBy(() -> reader(DATE, expired).read(TRIXIE)).hasMessageContaining("Old Key has expired");
    }

    @Test
    void refusesAKeyThatWasRevoked() {
        archive.publish(TRIXIE, DATE, key);

        assertThatThrownBy(() -> reader(DATE, key.revoked()).read(TRIXIE)).hasMessageContaining("was revoked");
    }

    @Test
    void saysWhereItLookedForAMissingSuite() {
        assertThatThrownBy(() -> reader(DATE).read(TRIXIE))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.UNAVAILABLE))
                .hasMessageContaining(archive.root() + IN_RELEASE)
                .hasMessageContaining("the suite trixie");
    }

    @Test
    void refusesAnIndexThatDiffersFromTheRelease() {
        archive.add(Archive.DEBIAN, TestDeb.of("busybox", "1"));
        archive.publish(TRIXIE, DATE, key);
        byte[] altered = TestDeb.compress(".xz", "Package: evil\n".getBytes(StandardCharsets.UTF_8));
        archive.serve(PACKAGES, altered);
        SignedSuite suite = reader(DATE).read(TRIXIE);

        assertThatThrownBy(() -> index(suite))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.VERIFICATION))
                .hasMessageContaining(PACKAGES)
                .hasMessageContaining("found " + Digest.of(altered));
    }

    @Test
    void fetchesAnIndexByItsDigestWhenTheMirrorOffersThat() {
        byte[] packages = TestDeb.compress(".gz", "Package: busybox\nVersion: 1\n".getBytes(StandardCharsets.UTF_8));
        String release = TestArchive.release(TRIXIE, DATE, "main/binary-amd64/Packages.gz", packages);
        archive.serve(IN_RELEASE, key.clearSign("Acquire-By-Hash: yes\n" + release));
        String byHash = "/debian/dists/trixie/main/binary-amd64/by-hash/SHA256/";
        archive.serve(byHash + Digest.of(packages).hex(), packages);

        assertThat(index(reader(DATE).read(TRIXIE)).names()).containsExactly("busybox");
    }

    @Test
    void doesNotFetchAnIndexThatTheStoreHas() {
        archive.add(Archive.DEBIAN, TestDeb.of("busybox", "1"));
        archive.publish(TRIXIE, DATE, key);
        SignedSuite suite = reader(DATE).read(TRIXIE);
        index(suite);
        index(suite);

        assertThat(archive.requests()).contains(IN_RELEASE, PACKAGES).doesNotHaveDuplicates();
    }

    @Test
    void removesAnIndexThatWasAlteredInTheStore() throws Exception {
        archive.add(Archive.DEBIAN, TestDeb.of("busybox", "1"));
        archive.publish(TRIXIE, DATE, key);
        SignedSuite suite = reader(DATE).read(TRIXIE);
        index(suite);
        Blob packages = suite.release().files().get("main/binary-amd64/Packages.xz");
        Path file = Store.open(directory).path(packages.digest());
        Files.write(file, new byte[(int) packages.size()]);

        assertThatThrownBy(() -> index(suite)).hasMessageContaining("was altered");
        assertThat(index(suite).names()).containsExactly("busybox");
    }

    @Test
    void saysThatASuiteLacksAnArchitecture() {
        archive.publish(TRIXIE, DATE, key);
        SignedSuite suite = reader(DATE).read(TRIXIE);

        assertThatThrownBy(() -> reader(DATE).index(List.of(suite), Architecture.AARCH64, Progress.SILENT))
                .hasMessageContaining("The suite trixie has no packages for aarch64");
    }

    private String release() {
        return TestArchive.release(TRIXIE, DATE, "main/binary-amd64/Packages.xz", new byte[0]);
    }

    private void assertRefused(Instant now, String reason) {
        assertThatThrownBy(() -> reader(now).read(TRIXIE))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.VERIFICATION))
                .hasMessageContaining(archive.root() + IN_RELEASE)
                .hasMessageContaining(reason);
    }

    private PackageIndex index(SignedSuite suite) {
        return reader(DATE).index(List.of(suite), Architecture.X86_64, Progress.SILENT);
    }

    private SuiteReader reader(Instant now) {
        return reader(now, key);
    }

    private SuiteReader reader(Instant now, TestKey trusted) {
        Clock clock = Clock.fixed(now, ZoneOffset.UTC);
        Downloader downloader = new Downloader(new Transport(Map.of(), Duration.ofSeconds(10)), new Retries(List.of()));
        return new SuiteReader(archive.mirror(), trusted.keyring(clock), downloader, Store.open(directory), clock);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
