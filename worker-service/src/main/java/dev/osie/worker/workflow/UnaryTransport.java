package dev.osie.worker.workflow;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.osie.worker.action.Action;
import dev.osie.worker.action.Outcome;
import dev.osie.worker.console.ElapsedTime;
import dev.osie.worker.inventory.Detection;
import dev.osie.worker.proto.ActionMessage;
import dev.osie.worker.proto.ActionRequest;
import dev.osie.worker.proto.ActionResponse;
import dev.osie.worker.proto.ActionStatusRequest;
import dev.osie.worker.proto.ActionStatusRequest.StateType;
import dev.osie.worker.proto.AgentAttributes;
import dev.osie.worker.proto.WorkflowServiceGrpc;
import dev.osie.worker.proto.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** {@code proto.WorkflowService} as current servers speak it: GetAction hands out actions, one at a time. */
public final class UnaryTransport implements Transport {
    private final ManagedChannel channel;
    private final WorkflowServiceBlockingStub stub;
    private final String agentId;
    private final Detection detection;
    private final CallLimits limits;

    /**
     * @param channel how to reach the server; it is closed with this transport
     * @param agentId who this worker is to the server
     * @param detection what to tell the server of the machine, with every question as Tinkerbell's agent does
     */
    public UnaryTransport(ManagedChannel channel, String agentId, Detection detection) {
        this(channel, agentId, detection, CallLimits.USUAL);
    }

    /** @param limits how long the server may take */
    public UnaryTransport(ManagedChannel channel, String agentId, Detection detection, CallLimits limits) {
        this.channel = channel;
        this.stub = WorkflowServiceGrpc.newBlockingStub(channel);
        this.agentId = agentId;
        this.detection = detection;
        this.limits = limits;
    }

    @Override
    public Answer next() {
        ActionRequest.Builder request = ActionRequest.newBuilder().setAgentId(agentId);
        Optional<AgentAttributes> attributes = detection.attributes();
        if (attributes.isPresent()) {
            request.setAgentAttributes(attributes.get());
        }
        try {
            return new Answer.Work(
                    action(stub.withDeadlineAfter(limits.question().toMillis(), MILLISECONDS)
                            .getAction(request.build())));
        } catch (StatusRuntimeException e) {
            return StatusMeaning.ofQuestion(e.getStatus(), channel);
        }
    }

    @Override
    public Receipt reportRunning(Execution execution) {
        return report(request(execution, StateType.RUNNING, "running action").build());
    }

    @Override
    public Receipt report(Execution execution, Duration took, Outcome outcome) {
        return report(request(execution, state(outcome.result()), outcome.message())
                .setExecutionStop(timestamp(execution.start().plus(took)))
                .setExecutionDuration(ElapsedTime.format(took))
                .build());
    }

    private Receipt report(ActionStatusRequest request) {
        try {
            stub.withDeadlineAfter(limits.report().toMillis(), MILLISECONDS).reportActionStatus(request);
            return new Receipt.Accepted();
        } catch (StatusRuntimeException e) {
            return StatusMeaning.ofReport(e.getStatus(), channel);
        }
    }

    private Action action(ActionResponse answer) {
        return new Action(
                answer.getWorkflowId(),
                answer.getTaskId(),
                answer.getAgentId().isEmpty() ? agentId : answer.getAgentId(),
                answer.getActionId(),
                answer.getName(),
                answer.getImage(),
                answer.getTimeout() > 0 ? Optional.of(Duration.ofSeconds(answer.getTimeout())) : Optional.empty(),
                answer.getCommandList(),
                answer.getVolumesList(),
                answer.getEnvironmentList(),
                answer.getNamespaces().getPid().isEmpty()
                        ? answer.getPid()
                        : answer.getNamespaces().getPid(),
                answer.getNamespaces().getNetwork());
    }

    private static ActionStatusRequest.Builder request(Execution execution, StateType state, String message) {
        Action action = execution.action();
        return ActionStatusRequest.newBuilder()
                .setWorkflowId(action.workflow())
                .setAgentId(action.agent())
                .setTaskId(action.task())
                .setActionId(action.id())
                .setActionName(action.name())
                .setActionState(state)
                .setExecutionStart(timestamp(execution.start()))
                .setMessage(ActionMessage.newBuilder().setMessage(message));
    }

    private static StateType state(Outcome.Result result) {
        switch (result) {
            case SUCCESS:
                return StateType.SUCCESS;
            case TIMEOUT:
                return StateType.TIMEOUT;
            default:
                return StateType.FAILED;
        }
    }

    private static com.google.protobuf.Timestamp timestamp(Instant instant) {
        return com.google.protobuf.Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
