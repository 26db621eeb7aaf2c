package dev.osie.worker.workflow;

import dev.osie.worker.action.Action;
import dev.osie.worker.action.Outcome;
import dev.osie.worker.proto.stream.WorkflowAction;
import dev.osie.worker.proto.stream.WorkflowContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds out what is next in a workflow of the older protocol, and makes an action of it as Tinkerbell's older worker did. */
final class StreamActions {
    private final String workerId;
    private final Optional<String> registry;

    StreamActions(String workerId, Optional<String> registry) {
        this.workerId = workerId;
        this.registry = registry;
    }

    /** The action that is next, if it is this worker's turn. */
    Optional<Action> next(WorkflowContext context, List<WorkflowAction> actions) {
        long index = index(context);
        if (index < 0 || index >= actions.size()) {
            return Optional.empty();
        }
        WorkflowAction action = actions.get((int) index);
        return action.getWorkerId().equals(workerId)
                ? Optional.of(action(context.getWorkflowId(), index, action))
                : Optional.empty();
    }

    /** -1 when the workflow has ended. */
    private static long index(WorkflowContext context) {
        if (context.getCurrentAction().isEmpty()) {
            return 0;
        }
        switch (context.getCurrentActionState()) {
            case STATE_SUCCESS:
                return context.getCurrentActionIndex() + 1;
            case STATE_PENDING:
            case STATE_RUNNING:
                return context.getCurrentActionIndex();
            default:
                return -1;
        }
    }

    private Action action(String workflow, long index, WorkflowAction action) {
        return new Action(
                workflow,
                action.getTaskName(),
                workerId,
                Long.toString(index),
                action.getName(),
                image(action.getImage()),
                action.getTimeout() > 0 ? Optional.of(Duration.ofSeconds(action.getTimeout())) : Optional.empty(),
                action.getCommandList(),
                volumes(workflow, action.getVolumesList()),
                action.getEnvironmentList(),
                action.getPid(),
                "",
                reactions(action));
    }

    private String image(String name) {
        if (registry.isEmpty() || name.startsWith(registry.get() + "/") || name.startsWith("osie-build/")) {
            return name;
        }
        return registry.get() + "/" + name;
    }

    /** The actions of a workflow share a directory, by which they hand files to each other. */
    private static List<String> volumes(String workflow, List<String> given) {
        List<String> volumes = new ArrayList<>();
        if (isFileName(workflow)) {
            volumes.add("/worker/" + workflow + ":/workflow");
        }
        volumes.addAll(given);
        return volumes;
    }

    private static boolean isFileName(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
            if (!plain && (i == 0 || (c != '.' && c != '_'))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static Map<Outcome.Result, List<String>> reactions(WorkflowAction action) {
        List<String> onFailure = action.getOnFailureList();
        return Map.of(
                Outcome.Result.FAILED,
                onFailure,
                Outcome.Result.TIMEOUT,
                action.getOnTimeoutCount() > 0 ? action.getOnTimeoutList() : onFailure);
    }
}
