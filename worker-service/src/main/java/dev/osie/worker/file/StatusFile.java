package dev.osie.worker.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.osie.worker.json.JsonText;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.nodes.Node;

/** How a workflow is going, as JSON; written whole under another name and renamed, so that a reader never sees half of it. */
final class StatusFile {
    static final String PENDING = "PENDING";
    static final String RUNNING = "RUNNING";
    static final String SUCCESS = "SUCCESS";

    private static final int LIMIT = 4 * 1024 * 1024;

    private final Path file;

    StatusFile(Path file) {
        this.file = file;
    }

    /**
     * How one action is going.
     *
     * @param seconds how long it took, 0 before its end
     */
    record Step(String name, String state, long seconds, String message) {
        static Step pending(String name) {
            return new Step(name, PENDING, 0, "");
        }
    }

    /** Writes the file. */
    void write(WorkflowFile workflow, List<Step> steps) throws IOException {
        JsonText json = new JsonText()
                .begin('{')
                .text("workflow", workflow.name())
                .text("digest", workflow.digest())
                .text("state", state(steps));
        json.key("actions").begin('[');
        for (Step step : steps) {
            json.begin('{')
                    .text("name", step.name())
                    .text("state", step.state())
                    .number("seconds", step.seconds())
                    .text("message", step.message())
                    .end('}');
        }
        String text = json.end(']').end('}').toString();
        Path next = Path.of(file + ".new");
        Files.writeString(next, text, UTF_8);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** PENDING, RUNNING, or how the workflow ended. */
    static String state(List<Step> steps) {
        for (Step step : steps) {
            if (!step.state().equals(SUCCESS)) {
                return step.state().equals(PENDING) && step != steps.get(0) ? RUNNING : step.state();
            }
        }
        return SUCCESS;
    }

    /** How the workflow was going when the file was written; nothing of it when the file is another workflow's, or can't be read. */
    List<Step> read(WorkflowFile workflow) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < workflow.actions().size(); i++) {
            steps.add(Step.pending(workflow.actions().get(i).name()));
        }
        // Not a channel's stream: an interrupt would make the read fail, and the workflow begin anew.
        try (InputStream in = new FileInputStream(file.toFile())) {
            YamlDocument document = new YamlDocument(file.toString());
            Map<String, Node> values =
                    document.mapping(document.parse(new String(in.readNBytes(LIMIT), UTF_8)), "a mapping");
            List<Node> actions = document.list(values.get("actions"), "a list");
            if (!document.text(values.get("digest"), "a digest").equals(workflow.digest())
                    || actions.size() != steps.size()) {
                return steps;
            }
            List<Step> earlier = new ArrayList<>();
            for (int i = 0; i < actions.size(); i++) {
                Map<String, Node> action = document.mapping(actions.get(i), "a mapping");
                earlier.add(new Step(
                        steps.get(i).name(),
                        document.text(action.get("state"), "a state"),
                        Long.parseLong(document.text(action.get("seconds"), "a number")),
                        document.text(action.get("message"), "a message")));
            }
            return earlier;
        } catch (IOException | WorkflowFileException | RuntimeException e) {
            return steps;
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
