package dev.osie.build.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What a process took, as Linux counts it.
 *
 * @param wall from start to end
 * @param processor user and system time of all its threads
 * @param peakMemory largest resident set, in bytes
 */
record Measurement(Duration wall, Duration processor, long peakMemory) {
    /** Between two looks at a running process; what it does after the last one is not counted. */
    private static final int INTERVAL = 5;

    /** Watches a process, whose output somebody else reads, to its end. */
    static Measurement of(Process process) throws InterruptedException, IOException {
        long start = System.nanoTime();
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        Duration processor = Duration.ZERO;
        long peak = 0;
        while (!process.waitFor(INTERVAL, TimeUnit.MILLISECONDS)) {
            processor = process.info().totalCpuDuration().orElse(processor);
            peak = Math.max(peak, peakMemory(status));
        }
        return new Measurement(Duration.ofNanos(System.nanoTime() - start), processor, peak);
    }

    private static long peakMemory(Path status) throws IOException {
        try (var lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(0);
        } catch (NoSuchFileException | java.io.UncheckedIOException e) {
            // It ended in between.
            return 0;
        }
    }

    /** The measurement in the middle when ordered by wall time. */
    static Measurement median(List<Measurement> measurements) {
        return measurements.stream()
                .sorted(Comparator.comparing(Measurement::wall))
                .toList()
                .get(measurements.size() / 2);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%7.2f s wall %7.2f s CPU %6d MiB", seconds(wall), seconds(processor), peakMemory >> 20);
    }

    static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
