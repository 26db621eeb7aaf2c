package dev.osie.build.e2e;

import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Scratch;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code make bench}: what builds of the default flavor take, beside what {@code zstd} takes for the same bytes in the same run.
 * The rows of docs/performance.md come from here.
 */
@Tag("bench")
@Timeout(1800)
final class BuildBenchmark {
    private static final int RUNS = 5;
    private static final int LONG_RUNS = 3;

    @TempDir
    private Path directory;

    private Reference reference;

    @Test
    void measure() throws Exception {
        reference = Reference.build();
        Path cpio = unpackInitramfs();
        System.out.printf(
                Locale.ROOT,
                "medians; initramfs %.1f MB, %.1f MB unpacked%n",
                megabytes(reference.output().resolve("initramfs-x86_64")),
                megabytes(cpio));

        print("nothing changed", RUNS, run -> build(reference.cache(), List.of()));
        print(
                "one file of an overlay changed",
                RUNS,
                run -> build(reference.cache(), List.of("--overlay", overlay(run))));
        Project project = Project.checkout().copyTo(directory.resolve("project"));
        print("one file of a recipe changed", RUNS, run -> {
            project.write("images/getty/getty-service", "#!/usr/bin/busybox sh\n# run " + run + "\n");
            return build(project, reference.cache(), List.of());
        });
        Measurement packed = print("images cached, no segments", LONG_RUNS, run -> {
            forgetSegments();
            return build(reference.cache(), List.of());
        });
        Measurement full = print("packages cached, nothing else", LONG_RUNS, run -> {
            Path cache = directory.resolve("cache");
            new Scratch(cache).close();
            reference.copyPackages(cache, Architecture.X86_64);
            return build(cache, List.of());
        });
        Measurement zstd = print(
                "zstd -3 -T2 over the same cpio",
                LONG_RUNS,
                run -> measure(new ProcessBuilder(
                        HostTool.require("zstd", "zstd").command("-3", "-T2", "-q", "-c", cpio.toString()))));
        System.out.printf(
                Locale.ROOT,
                "times the CPU of zstd: %.2f without segments, %.2f without images%n",
                Measurement.seconds(packed.processor()) / Measurement.seconds(zstd.processor()),
                Measurement.seconds(full.processor()) / Measurement.seconds(zstd.processor()));
    }

    private interface Run {
        Measurement measure(int run) throws Exception;
    }

    private static Measurement print(String name, int runs, Run run) throws Exception {
        List<Measurement> measurements = new ArrayList<>();
        for (int number = 0; number < runs; number++) {
            measurements.add(run.measure(number));
        }
        Measurement median = Measurement.median(measurements);
        System.out.printf("%-32s %s%n", name, median);
        return median;
    }

    private Measurement build(Path cache, List<String> more) throws Exception {
        return build(Project.checkout(), cache, more);
    }

    private Measurement build(Project project, Path cache, List<String> more) throws Exception {
        List<String> arguments = new ArrayList<>(
                List.of("build", "hook", "--quiet", "--lock", reference.lock().toString()));
        arguments.addAll(List.of("--output", directory.resolve("output").toString()));
        arguments.addAll(more);
        return measure(project.osieBuild().cachingIn(cache).process(arguments.toArray(String[]::new)));
    }

    private static Measurement measure(ProcessBuilder builder) throws Exception {
        Process process = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Measurement measurement = Measurement.of(process);
        if (process.exitValue() != 0) {
            throw new AssertionError(builder.command() + " ended with status " + process.exitValue());
        }
        return measurement;
    }

    private String overlay(int run) throws IOException {
        return Files.writeString(
                        directory.resolve("overlay.yaml"),
                        "files:\n  - { path: etc/motd, contents: \"run " + run + "\", mode: \"0644\" }\n")
                .toString();
    }

    /** The archives as the kernel sees them; the initramfs itself is of compressed and uncompressed parts. */
    private Path unpackInitramfs() throws Exception {
        build(reference.cache(), List.of("--compression", "none"));
        return Files.move(directory.resolve("output").resolve("initramfs-x86_64"), directory.resolve("initramfs.cpio"));
    }

    /** Makes the store forget the segments it has: their results begin with the compression, after the line with the record's digest. */
    private void forgetSegments() throws IOException {
        try (DirectoryStream<Path> steps =
                Files.newDirectoryStream(reference.cache().resolve("osie-build/steps"))) {
            for (Path step : steps) {
                if (Files.readString(step).matches("(?s)[0-9a-f]{64}\n(none|zstd:\\d+) [0-9a-f]{64} .*")) {
                    Files.delete(step);
                }
            }
        }
    }

    private static double megabytes(Path file) throws IOException {
        return Files.size(file) / 1e6;
    }
}
