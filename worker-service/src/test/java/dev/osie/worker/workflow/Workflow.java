package dev.osie.worker.workflow;

import dev.osie.worker.proto.ActionResponse;
import dev.osie.worker.proto.ActionStatusRequest;
import dev.osie.worker.proto.ActionStatusRequest.StateType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A list of actions that a {@link WorkflowServer} hands to one agent; it ends with its last SUCCESS or its first FAILED or TIMEOUT. */
public final class Workflow {
    private final WorkflowServer server;
    private final String agentId;
    private final String id;
    private final List<ActionResponse> actions = new ArrayList<>();
    private final List<ActionStatusRequest> reports = new ArrayList<>();
    private int done;
    private StateType state = StateType.PENDING;

    Workflow(WorkflowServer server, String agentId, String id, List<ActionResponse.Builder> actions) {
        this.server = server;
        this.agentId = agentId;
        this.id = id;
        for (ActionResponse.Builder action : actions) {
            this.actions.add(action.setWorkflowId(id)
                    .setAgentId(agentId)
                    .setTaskId("task-1")
                    .setActionId("action-" + (this.actions.size() + 1))
                    .build());
        }
    }

    public String agentId() {
        return agentId;
    }

    /** PENDING, RUNNING, SUCCESS, FAILED or TIMEOUT. */
    public StateType state() {
        synchronized (server) {
            return state;
        }
    }

    public boolean ended() {
        synchronized (server) {
            return state != StateType.PENDING && state != StateType.RUNNING;
        }
    }

    /** The accepted reports about this workflow, in order. */
    public List<ActionStatusRequest> reports() {
        synchronized (server) {
            return List.copyOf(reports);
        }
    }

    /** The states reported, in order: {@code partition RUNNING}, {@code partition SUCCESS}, … */
    public List<String> history() {
        return reports().stream()
                .map(report -> report.getActionName() + " " + report.getActionState())
                .toList();
    }

    /** Waits for the end of the workflow and returns its state then; whatever the state is when time is up. */
    public StateType await(Duration limit) throws InterruptedException {
        server.await(any -> ended(), limit);
        return state();
    }

    ActionResponse current() {
        return actions.get(done);
    }

    boolean isAbout(ActionStatusRequest report) {
        return !ended()
                && report.getWorkflowId().equals(id)
                && report.getAgentId().equals(agentId)
                && report.getActionId().equals(current().getActionId());
    }

    void take(ActionStatusRequest report) {
        reports.add(report);
        state = report.getActionState();
        if (state == StateType.SUCCESS && ++done < actions.size()) {
            state = StateType.RUNNING;
        }
    }
}
