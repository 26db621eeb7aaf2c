package dev.osie.worker.container;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.worker.Main;
import dev.osie.worker.action.Action;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A worker of its own that is killed while it runs an action. */
final class KilledWorker {
    private static final Duration START = Duration.ofSeconds(40);

    private KilledWorker() {}

    /**
     * Kills a worker once an action that it runs has written a line "started".
     *
     * @param directory where it finds its workflow
     */
    static void leave(EngineSite site, Action action, Path directory) throws IOException, InterruptedException {
        Path workflow = Files.createTempFile(directory, "workflow", ".json");
        new ObjectMapper()
                .writeValue(
                        workflow.toFile(),
                        List.of(Map.of(
                                "workflow_id", action.workflow(),
                                "task_id", action.task(),
                                "worker_id", action.agent(),
                                "id", action.id(),
                                "name", action.name(),
                                "image", action.image(),
                                "args", action.command(),
                                "volumes", action.volumes())));
        Path output = Files.createTempFile(directory, "output", "");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "-transport",
                "file",
                "-workflow-path",
                workflow.toString(),
                "-log-file",
                "none"));
        command.addAll(site.flags());
        Process worker = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            long end = System.nanoTime() + START.toNanos();
            while (!Files.readAllLines(output).contains(action.name() + " | started")) {
                if (System.nanoTime() > end) {
                    throw new IllegalStateException("the action did not start:\n" + Files.readString(output));
                }
                Thread.sleep(50);
            }
        } finally {
            worker.destroyForcibly().waitFor();
        }
    }
}
