package dev.osie.worker.workflow;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.osie.worker.action.Action;
import dev.osie.worker.action.Outcome;
import dev.osie.worker.proto.stream.State;
import dev.osie.worker.proto.stream.WorkflowActionList;
import dev.osie.worker.proto.stream.WorkflowActionStatus;
import dev.osie.worker.proto.stream.WorkflowActionsRequest;
import dev.osie.worker.proto.stream.WorkflowContext;
import dev.osie.worker.proto.stream.WorkflowContextRequest;
import dev.osie.worker.proto.stream.WorkflowServiceGrpc;
import dev.osie.worker.proto.stream.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * {@code proto.WorkflowService} as older servers speak it: they list workflows and how far each is, and the worker finds out what is
 * next. Where an action was running before the worker was restarted, it is run again.
 */
public final class StreamTransport implements Transport {
    private static final int CALL_SECONDS = 30;

    /** Most workflows that are looked at. */
    private static final int WORKFLOWS = 1000;

    /** These servers also say INVALID_ARGUMENT when their database had no time: only the last of so many such answers counts. */
    private static final int REFUSALS = 4;

    private final ManagedChannel channel;
    private final WorkflowServiceBlockingStub stub;
    private final StreamActions actions;
    private final String workerId;
    private boolean reportedAsRunning;
    private int refusals;

    /**
     * @param channel how to reach the server; it is closed with this transport
     * @param workerId who this worker is to the server
     * @param registry what images' names are relative to
     */
    public StreamTransport(ManagedChannel channel, String workerId, Optional<String> registry) {
        this.channel = channel;
        this.stub = WorkflowServiceGrpc.newBlockingStub(channel);
        this.workerId = workerId;
        this.actions = new StreamActions(workerId, registry);
    }

    @Override
    public Answer next() {
        try {
            return next(contexts());
        } catch (StatusRuntimeException e) {
            return StatusMeaning.ofQuestion(e.getStatus(), channel);
        }
    }

    /** Whether the server speaks this protocol; empty when it can't be asked. */
    Optional<Boolean> isSpoken() {
        try {
            contexts();
            return Optional.of(true);
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() == Status.Code.UNIMPLEMENTED ? Optional.of(false) : Optional.empty();
        }
    }

    /** Reads the stream to its end, as one that is left stays open. */
    private List<WorkflowContext> contexts() {
        List<WorkflowContext> contexts = new ArrayList<>();
        Iterator<WorkflowContext> stream = stub.withDeadlineAfter(CALL_SECONDS, SECONDS)
                .getWorkflowContexts(WorkflowContextRequest.newBuilder()
                        .setWorkerId(workerId)
                        .build());
        while (stream.hasNext()) {
            WorkflowContext context = stream.next();
            if (contexts.size() < WORKFLOWS) {
                contexts.add(context);
            }
        }
        return contexts;
    }

    /** A workflow that the server can't show must not keep the worker from the others. */
    private Answer next(List<WorkflowContext> contexts) {
        Optional<Status> failure = Optional.empty();
        for (WorkflowContext context : contexts) {
            try {
                WorkflowActionList list = stub.withDeadlineAfter(CALL_SECONDS, SECONDS)
                        .getWorkflowActions(WorkflowActionsRequest.newBuilder()
                                .setWorkflowId(context.getWorkflowId())
                                .build());
                Optional<Action> action = actions.next(context, list.getActionListList());
                if (action.isPresent()) {
                    reportedAsRunning = context.getCurrentActionState() == State.STATE_RUNNING;
                    refusals = 0;
                    return new Answer.Work(action.get());
                }
            } catch (StatusRuntimeException e) {
                failure = Optional.of(e.getStatus());
            }
        }
        if (failure.isPresent()) {
            throw failure.get().asRuntimeException();
        }
        return new Answer.Nothing();
    }

    /** Of an action that is running already, old servers of this kind take another RUNNING for that of the action after it. */
    @Override
    public Receipt reportRunning(Execution execution) {
        if (reportedAsRunning) {
            return new Receipt.Accepted();
        }
        return report(status(execution, State.STATE_RUNNING, "running action").build());
    }

    @Override
    public Receipt report(Execution execution, Duration took, Outcome outcome) {
        Receipt receipt = report(status(execution, state(outcome.result()), outcome.message())
                .setSeconds(took.toSeconds())
                .build());
        if (receipt instanceof Receipt.Refused refused && ++refusals < REFUSALS) {
            return new Receipt.Unanswered(refused.reason());
        }
        return receipt;
    }

    private Receipt report(WorkflowActionStatus report) {
        try {
            stub.withDeadlineAfter(CALL_SECONDS, SECONDS).reportActionStatus(report);
            return new Receipt.Accepted();
        } catch (StatusRuntimeException e) {
            return StatusMeaning.ofReport(e.getStatus(), channel);
        }
    }

    private static WorkflowActionStatus.Builder status(Execution execution, State state, String message) {
        Action action = execution.action();
        return WorkflowActionStatus.newBuilder()
                .setWorkflowId(action.workflow())
                .setTaskName(action.task())
                .setActionName(action.name())
                .setWorkerId(action.agent())
                .setActionStatus(state)
                .setMessage(message);
    }

    private static State state(Outcome.Result result) {
        switch (result) {
            case SUCCESS:
                return State.STATE_SUCCESS;
            case TIMEOUT:
                return State.STATE_TIMEOUT;
            default:
                return State.STATE_FAILED;
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
