package dev.osie.build.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code make bench}: what it takes to validate a document with ten thousand services, from the start of the program to its end. */
@Tag("bench")
@Timeout(600)
final class ValidationBenchmark {
    private static final int SERVICES = 10_000;
    private static final int RUNS = 5;

    @TempDir
    private Path directory;

    @Test
    void measure() throws Exception {
        Path document = Files.writeString(directory.resolve("large.yaml"), document());
        List<Measurement> measurements = new ArrayList<>();
        for (int run = 0; run < RUNS; run++) {
            Process process = Project.checkout()
                    .osieBuild()
                    .process("validate", document.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            measurements.add(Measurement.of(process));
            if (process.exitValue() != 0) {
                throw new AssertionError("validate ended with status " + process.exitValue());
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%-32s %s%n",
                String.format(Locale.ROOT, "validate %,d services", SERVICES),
                Measurement.median(measurements));
    }

    private static String document() {
        StringBuilder yaml = new StringBuilder("init: [linuxkit/init:v1]\nvolumes: [{ name: data }]\nservices:\n");
        for (int i = 0; i < SERVICES; i++) {
            yaml.append("""
                      - name: service-%d
                        image: docker.io/library/redis:7
                        capabilities: [CAP_NET_ADMIN, CAP_NET_RAW]
                        binds: ["/etc/resolv.conf:/etc/resolv.conf", "data:/data"]
                        env: [NUMBER=%d, PATH=/usr/bin:/bin]
                        uid: service-%d
                        runtime: { mkdir: [/run/x], mounts: [{ destination: /run/t, type: tmpfs }] }
                    """.formatted(i, i, SERVICES - 1 - i));
        }
        return yaml.toString();
    }
}
