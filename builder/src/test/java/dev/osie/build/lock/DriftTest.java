package dev.osie.build.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.debian.Archive;
import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.DebianVersion;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A lock is compared with what is asked of it, and with another lock. */
final class DriftTest {
    private static final PackageSet DOCKER = PackageSet.closed("docker", List.of("docker.io"), List.of("debconf"));
    private static final String REDIS = "docker.io/library/redis:7";

    @Test
    void findsNothingWhereAllIsAsAsked() {
        LockRequest request = request(DOCKER, REDIS);

        assertThat(Drift.lacking(lock("1", "a"), request)).isEmpty();
        assertThat(Drift.unneeded(lock("1", "a"), List.of(request))).isEmpty();
        assertThat(Drift.ofBuilder(lock("1", "a"), versions("zstd", "1"))).isEmpty();
    }

    @Test
    void findsWhatIsMissing() {
        LockRequest request = new LockRequest(
                Architecture.X86_64,
                List.of(DOCKER, PackageSet.closed("ssh", List.of("ssh"), List.of())),
                new TreeSet<>(List.of(REDIS, "docker.io/library/nginx:1")));

        assertThat(Drift.lacking(lock("1", "a"), request))
                .extracting(Drift::describe)
                .containsExactly(
                        "ssh (x86_64): no packages are locked for it",
                        "docker.io/library/nginx:1 (x86_64): no image is locked for it");
        assertThat(Drift.lacking(lock("1", "a"), new LockRequest(Architecture.AARCH64, List.of(DOCKER))))
                .hasSize(1);
    }

    @Test
    void findsThatARecipeChanged() {
        assertThat(changed(PackageSet.closed("docker", List.of("docker.io", "runc"), List.of("debconf"))))
                .containsExactly("docker (x86_64): its packages are now with runc");
        assertThat(changed(PackageSet.closed("docker", List.of("podman"), List.of("debconf"))))
                .containsExactly("docker (x86_64): its packages are now with podman, without docker.io");
        assertThat(changed(PackageSet.closed("docker", List.of("docker.io"), List.of())))
                .containsExactly("docker (x86_64): its excluded packages are now without debconf");
        assertThat(changed(new PackageSet("docker", DOCKER.wanted(), DOCKER.exclude(), PackageSet.Dependencies.IGNORE)))
                .containsExactly("docker (x86_64): dependencies are now ignored");
    }

    private static List<String> changed(PackageSet set) {
        return Drift.lacking(lock("1", "a"), request(set, REDIS)).stream()
                .map(Drift::describe)
                .toList();
    }

    @Test
    void findsWhatNobodyAsksForOnTheArchitecturesInQuestion() {
        LockRequest other = new LockRequest(Architecture.X86_64, List.of());

        assertThat(Drift.unneeded(lock("1", "a"), List.of(other)))
                .extracting(Drift::describe)
                .containsExactly(
                        "docker (x86_64): nobody asks for its packages", REDIS + ": nobody asks for this image");
        assertThat(lock("1", "a").without(Drift.unneeded(lock("1", "a"), List.of(other))))
                .satisfies(left -> assertThat(left.packages()).isEmpty())
                .satisfies(left -> assertThat(left.images()).isEmpty());
        assertThat(Drift.unneeded(lock("1", "a"), List.of(request(DOCKER, REDIS), other)))
                .isEmpty();
    }

    @Test
    void findsThatTheProgramMakesOtherBytes() {
        assertThat(Drift.ofBuilder(lock("1", "a"), versions("zstd", "2")))
                .extracting(Drift::describe)
                .containsExactly("zstd: the lock was made with 1, this is 2");
    }

    @Test
    void tellsWhatChangedFromOneLockToAnother() {
        Lock after = lock("1.2", "b").withBuilder(versions("zstd", "2"));

        LockDifference difference = LockDifference.between(lock("1", "a"), after);

        assertThat(difference.changes())
                .extracting(change -> change.kind() + " " + change.name() + " "
                        + change.from().orElse("–") + " " + change.to().orElse("–"))
                .containsExactly(
                        "BUILDER zstd 1 2",
                        "PACKAGE docker.io 1 1.2",
                        "IMAGE " + REDIS + " " + Digest.ofText("a index") + " " + Digest.ofText("b index"));
        assertThat(difference.changes().get(1).architectures()).isEmpty();
        assertThat(difference.bytesAfter() - difference.bytesBefore()).isEqualTo(2);
        assertThat(LockDifference.between(after, after).isEmpty()).isTrue();
        assertThat(LockDifference.between(Lock.EMPTY, after).changes())
                .allSatisfy(change -> assertThat(change.from()).isEmpty());
    }

    private static LockRequest request(PackageSet set, String image) {
        return new LockRequest(Architecture.X86_64, List.of(set), new TreeSet<>(List.of(image)));
    }

    private static Lock lock(String version, String image) {
        BinaryPackage docker = new BinaryPackage(
                "docker.io",
                new DebianVersion(version),
                "amd64",
                Archive.DEBIAN,
                "pool/docker.io_" + version + ".deb",
                new Blob(Digest.ofText(version), version.length()));
        SortedMap<Architecture, Digest> manifests = new TreeMap<>();
        for (Architecture architecture : Architecture.values()) {
            manifests.put(architecture, Digest.ofText(image + architecture));
        }
        return new Lock(
                versions("zstd", "1"),
                List.of(new LockedSuite(
                        Archive.DEBIAN, "trixie", Instant.parse("2026-11-21T09:15:44Z"), Digest.ofText("suite"))),
                new TreeSet<>(List.of(docker)),
                new TreeMap<>(Map.of(
                        Architecture.X86_64,
                        new TreeMap<>(Map.of("docker", new LockedSet(DOCKER, new TreeSet<>(List.of("docker.io"))))))),
                new TreeMap<>(Map.of(
                        REDIS, new LockedImage(REDIS, Optional.of(Digest.ofText(image + " index")), manifests))));
    }

    private static SortedMap<String, String> versions(String name, String version) {
        return new TreeMap<>(Map.of(name, version));
    }
}
