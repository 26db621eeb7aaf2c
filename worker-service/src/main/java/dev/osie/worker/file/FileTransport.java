package dev.osie.worker.file;

import dev.osie.worker.action.Outcome;
import dev.osie.worker.console.Console;
import dev.osie.worker.file.StatusFile.Step;
import dev.osie.worker.workflow.Answer;
import dev.osie.worker.workflow.Execution;
import dev.osie.worker.workflow.Receipt;
import dev.osie.worker.workflow.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a workflow from a file on this machine. Its actions are handed out in order, up to the first that doesn't succeed, and how they
 * went is written to a file beside it, with {@code .status} after its name. Afterwards the file is looked at again and again: one with
 * another content is another workflow. One that a restart cut short goes on with the action that was not done.
 */
public final class FileTransport implements Transport {
    private final Path file;
    private final String agent;
    private final Console console;
    private final StatusFile status;
    private WorkflowFile workflow = new WorkflowFile("", "", List.of());
    private List<Step> steps = List.of();
    private int current;
    private boolean unwritable;

    /**
     * @param file the workflow, which may come later
     * @param agent who this worker is
     */
    public FileTransport(Path file, String agent, Console console) {
        this.file = file;
        this.agent = agent;
        this.console = console;
        this.status = new StatusFile(Path.of(file + ".status"));
    }

    @Override
    public Answer next() {
        try {
            WorkflowFile read = WorkflowFile.read(file, agent);
            if (!read.digest().equals(workflow.digest())) {
                workflow = read;
                steps = status.read(read);
            }
        } catch (WorkflowFileException e) {
            return new Answer.Failure("can't take its workflow: " + e.getMessage());
        }
        for (current = 0; current < steps.size(); current++) {
            String state = steps.get(current).state();
            if (state.equals(StatusFile.PENDING) || state.equals(StatusFile.RUNNING)) {
                return new Answer.Work(workflow.actions().get(current));
            }
            if (!state.equals(StatusFile.SUCCESS)) {
                break;
            }
        }
        return new Answer.Nothing();
    }

    @Override
    public Receipt reportRunning(Execution execution) {
        record(new Step(execution.action().name(), StatusFile.RUNNING, 0, "running action"));
        return new Receipt.Accepted();
    }

    @Override
    public Receipt report(Execution execution, Duration took, Outcome outcome) {
        record(new Step(execution.action().name(), outcome.result().name(), took.toSeconds(), outcome.message()));
        String state = StatusFile.state(steps);
        if (!state.equals(StatusFile.RUNNING)) {
            console.line("workflow " + workflow.name() + ": " + state + "; its results are in " + status);
        }
        return new Receipt.Accepted();
    }

    /** A status that can't be written is no reason to leave the machine as it is. */
    private void record(Step step) {
        List<Step> next = new ArrayList<>(steps);
        next.set(current, step);
        steps = List.copyOf(next);
        try {
            status.write(workflow, steps);
            unwritable = false;
        } catch (IOException e) {
            if (!unwritable) {
                console.line("worker can't write " + status + ": " + e.getMessage() + "; going on without");
            }
            unwritable = true;
        }
    }

    @Override
    public void close() {
        // Nothing is open between the calls.
    }
}
