package dev.osie.build.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.build.platform.Architecture;
import dev.osie.worker.workflow.WorkflowServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code make bench-worker}: how soon the worker's image, with the runtime and the flags it is shipped with, asks a server for its first
 * action, what memory it takes then and when it has nothing to do, and how large it is. The image is unpacked, and its program
 * runs in it with /proc and /sys; that needs root.
 */
@Tag("bench")
@Timeout(1800)
final class WorkerBenchmark {
    private static final int RUNS = 9;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final String ENTER =
            "mount --rbind /proc \"$0/proc\" && mount --rbind /sys \"$0/sys\" && exec chroot \"$0\" \"$@\"";

    @TempDir
    private Path directory;

    /** Until the first question. */
    private record Start(Duration wall, Duration processor, long memory) {}

    @Test
    void measure() throws Exception {
        Path archive = directory.resolve("worker.tar");
        String architecture = Architecture.parse(System.getProperty("os.arch")).toString();
        Project project = Project.checkout().copyTo(directory.resolve("project"));
        project.osieBuild()
                .run("image", "build", "tink-worker", "--arch", architecture)
                .succeeded();
        project.osieBuild()
                .run(
                        "image",
                        "export",
                        "tink-worker",
                        "--arch",
                        architecture,
                        "--format",
                        "docker-archive",
                        "-o",
                        archive.toString())
                .succeeded();
        JsonNode config = unpack(archive);
        List<Start> starts = new ArrayList<>();
        long idle = 0;
        for (int run = 0; run < RUNS; run++) {
            try (WorkflowServer server = WorkflowServer.start()) {
                long begin = System.nanoTime();
                Process process = start(config, server);
                try {
                    if (!server.await(any -> !any.polls().isEmpty(), LIMIT)) {
                        throw new AssertionError("the worker did not ask: " + Files.readString(output()));
                    }
                    starts.add(new Start(
                            Duration.ofNanos(System.nanoTime() - begin),
                            process.info().totalCpuDuration().orElse(Duration.ZERO),
                            memory(process)));
                    if (run == RUNS - 1) {
                        Thread.sleep(IDLE.toMillis());
                        idle = memory(process);
                    }
                } finally {
                    process.destroyForcibly().waitFor();
                }
            }
        }
        starts.sort(Comparator.comparing(Start::wall));
        Start median = starts.get(RUNS / 2);
        print("start to first question", "%.2f s", Measurement.seconds(median.wall()), "1.0 s");
        print("  processor time of it", "%.2f s", Measurement.seconds(median.processor()), "-");
        print("memory then", "%.0f MiB", median.memory() / 1048576.0, "-");
        print("memory with nothing to do", "%.0f MiB", idle / 1048576.0, "80 MiB");
        print("image", "%.1f MB", Files.size(archive) / 1e6, "-");
        print("image by zstd -19", "%.1f MB", compressed(archive) / 1e6, "40 MB");
    }

    private JsonNode unpack(Path archive) throws IOException, InterruptedException {
        HostTool tar = HostTool.require("tar", "tar");
        Path image = Files.createDirectory(directory.resolve("image"));
        Files.createDirectory(root());
        tar.run("-C", image.toString(), "-xf", archive.toString());
        ObjectMapper json = new ObjectMapper();
        JsonNode manifest =
                json.readTree(image.resolve("manifest.json").toFile()).get(0);
        for (JsonNode layer : manifest.get("Layers")) {
            tar.run(
                    "-C",
                    root().toString(),
                    "--warning=no-unknown-keyword",
                    "-xf",
                    image.resolve(layer.asText()).toString());
        }
        Files.createDirectories(root().resolve("proc"));
        Files.createDirectories(root().resolve("sys"));
        return json.readTree(image.resolve(manifest.get("Config").asText()).toFile())
                .get("config");
    }

    private Process start(JsonNode config, WorkflowServer server) throws IOException {
        List<String> command = new ArrayList<>(
                HostTool.require("unshare", "util-linux").command("--mount", "sh", "-c", ENTER, root().toString()));
        for (JsonNode argument : config.get("Entrypoint")) {
            command.add(argument.asText());
        }
        command.addAll(List.of("-grpc-server", server.authority(), "-id", "bench", "-tink-worker-image", "none"));
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = new TreeMap<>();
        for (JsonNode variable : config.get("Env")) {
            String[] nameAndValue = variable.asText().split("=", 2);
            environment.put(nameAndValue[0], nameAndValue[1]);
        }
        String path = builder.environment().get("PATH");
        builder.environment().clear();
        builder.environment().putAll(environment);
        // unshare and chroot are the host's.
        builder.environment().put("PATH", path);
        return builder.redirectErrorStream(true)
                .redirectOutput(output().toFile())
                .start();
    }

    private static long memory(Process process) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        throw new AssertionError("the worker has ended");
    }

    private long compressed(Path archive) throws IOException, InterruptedException {
        Path out = directory.resolve("worker.tar.zst");
        HostTool.require("zstd", "zstd").run("-19", "-T0", "-q", "-o", out.toString(), archive.toString());
        return Files.size(out);
    }

    private static void print(String what, String format, double value, String aim) {
        System.out.printf(Locale.ROOT, "%-26s %10s   aim %s%n", what, String.format(Locale.ROOT, format, value), aim);
    }

    private Path root() {
        return directory.resolve("root");
    }

    private Path output() {
        return directory.resolve("output");
    }
}
