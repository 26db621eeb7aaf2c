package dev.osie.build.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.platform.Architecture;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds that are killed, find a damaged store, or run out of room: the next one is right, and none leaves a broken pair. */
@Tag("tools")
final class InterruptionTest {
    private static final String DEBIAN_PACKAGE = "!<arch>\n";
    private static final String ZSTD_FRAME = "(\u00b5/\u00fd";
    private static final int KILLS = 6;
    private static final int LONGEST_LIFE = 12_000;

    private static Reference reference;

    @TempDir
    private Path directory;

    private Path cache;
    private Path output;

    @BeforeAll
    static void buildReference() throws Exception {
        reference = Reference.build();
    }

    @BeforeEach
    void startWithPackagesOnly() throws IOException {
        cache = directory.resolve("cache");
        output = directory.resolve("output");
        reference.copyPackages(cache, Architecture.X86_64);
    }

    @Test
    void aKilledBuildLeavesNoPairOrAWholeOne() throws Exception {
        long seed = System.nanoTime();
        System.out.println("killing builds at random moments, seed " + seed);
        Random random = new Random(seed);
        for (int kill = 0; kill < KILLS; kill++) {
            Process process = discarding(osieBuild().process(arguments())).start();
            process.waitFor(200 + random.nextInt(LONGEST_LIFE), TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();

            if (Files.exists(output.resolve("initramfs-x86_64"))) {
                assertSamePair();
            }
        }

        osieBuild().run(arguments()).succeeded();

        assertSamePair();
        assertThat(names(output)).isEqualTo(names(reference.output()));
    }

    @Test
    void aDamagedPackageIsNoticedBeforeItIsUsed() throws Exception {
        damageLargestBlob(DEBIAN_PACKAGE);

        assertNoticedAndMended();
    }

    @Test
    void aDamagedResultOfAnEarlierBuildIsNoticedBeforeItIsUsed() throws Exception {
        osieBuild().run(arguments()).succeeded();
        try (Stream<Path> files = Files.list(output)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        damageLargestBlob(ZSTD_FRAME);

        assertNoticedAndMended();
    }

    @Test
    void twoBuildsAtOnceDoNotHurtEachOther() throws Exception {
        Path other = directory.resolve("other");
        Process beside = discarding(
                        osieBuild().process("build", "hook", "--output", other.toString(), "--lock", lock()))
                .start();

        osieBuild().run(arguments()).succeeded();

        assertThat(beside.waitFor()).isZero();
        assertSamePair();
        assertThat(Files.mismatch(other.resolve("initramfs-x86_64"), output.resolve("initramfs-x86_64")))
                .isEqualTo(-1);
    }

    @Test
    void pruningBesideABuildWaitsForIt() throws Exception {
        Process building = discarding(osieBuild().process(arguments())).start();
        Path unfinished = cache.resolve("osie-build/tmp");
        while (building.isAlive()
                && (!Files.exists(unfinished) || names(unfinished).isEmpty())) {
            Thread.sleep(20);
        }
        assertThat(building.isAlive()).isTrue();

        OsieBuild.Result pruned =
                osieBuild().run("cache", "prune", "--older-than", "0s").succeeded();

        assertThat(pruned.errors()).contains("Waiting for a build that uses the store");
        assertThat(building.waitFor()).isZero();
        assertSamePair();
        assertThat(pruned.output()).contains(" removed; ");
    }

    @Test
    void aFullDiskEndsTheBuildWithOneClearMessage() throws Exception {
        // A limit on the size of a file stands for the full disk: both fail a write in the middle, and this needs no
        // root.
        OsieBuild.Result result = osieBuild()
                .under("/bin/sh", "-c", "ulimit -f 16000; exec \"$@\"", "sh")
                .run(arguments());

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.errors()).containsIgnoringCase("disk").doesNotContain("bug of osie-build");
        assertThat(output.resolve("initramfs-x86_64")).doesNotExist();

        osieBuild().run(arguments()).succeeded();
        assertSamePair();
    }

    private OsieBuild osieBuild() {
        return Project.checkout().osieBuild().cachingIn(cache);
    }

    /** A process whose output nobody reads stops when the pipe is full. */
    private static ProcessBuilder discarding(ProcessBuilder builder) {
        return builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    }

    private String[] arguments() {
        return new String[] {"build", "hook", "--output", output.toString(), "--lock", lock()};
    }

    private static String lock() {
        return reference.lock().toString();
    }

    /** A build that meets damage says so, or puts things right by itself; the next one in any case. */
    private void assertNoticedAndMended() throws Exception {
        OsieBuild.Result first = osieBuild().run(arguments());
        if (first.exitCode() != 0) {
            assertThat(first.exitCode()).as(first.errors()).isEqualTo(4);
            assertThat(first.errors()).contains("altered");
            assertThat(output.resolve("initramfs-x86_64")).doesNotExist();
            osieBuild().run(arguments()).succeeded();
        }
        assertSamePair();
    }

    /** Flips a bit in the middle of the largest file that starts with these bytes, in place as a failing disk does. */
    private void damageLargestBlob(String start) throws IOException {
        Path blob;
        try (Stream<Path> blobs = Files.list(cache.resolve("osie-build/blobs/sha256"))) {
            blob = blobs.filter(file -> startsWith(file, start))
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
        }
        try (RandomAccessFile file = new RandomAccessFile(blob.toFile(), "rw")) {
            long middle = file.length() / 2;
            file.seek(middle);
            int value = file.read();
            file.seek(middle);
            file.write(value ^ 1);
        }
    }

    private static boolean startsWith(Path file, String start) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(start.length()), StandardCharsets.ISO_8859_1).equals(start);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertSamePair() throws IOException {
        for (String name : new String[] {"vmlinuz-x86_64", "initramfs-x86_64"}) {
            assertThat(Files.mismatch(output.resolve(name), reference.output().resolve(name)))
                    .as("first byte at which %s differs", name)
                    .isEqualTo(-1);
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
