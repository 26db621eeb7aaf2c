package dev.osie.worker.workflow;

import dev.osie.worker.proto.ActionRequest;
import dev.osie.worker.proto.ActionResponse;
import dev.osie.worker.proto.ActionStatusRequest;
import dev.osie.worker.proto.ActionStatusResponse;
import dev.osie.worker.proto.AgentAttributes;
import dev.osie.worker.proto.WorkflowServiceGrpc.WorkflowServiceImplBase;
import io.grpc.Context;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A real workflow server on the loopback interface for tests. It hands out the actions of {@link Workflow}s one at a time, again
 * until a result was reported, records every report, and can be told to refuse calls first.
 *
 * <p>It answers as deployed servers do: NOT_FOUND when an agent has no workflow left, INVALID_ARGUMENT for a report that lacks an
 * id, NOT_FOUND for a report about an action that was never handed out. Unlike them it doesn't hold a call for a minute, unless told to.
 */
public final class WorkflowServer implements AutoCloseable {
    /** Between two looks whether who asked still waits. */
    private static final int HELD_CALL_LOOK_MILLIS = 20;

    private final Server server;
    private final List<Workflow> workflows = new ArrayList<>();
    private final List<ActionStatusRequest> reports = new ArrayList<>();
    private final List<Instant> polls = new ArrayList<>();
    private AgentAttributes attributes = AgentAttributes.getDefaultInstance();
    private final Queue<Status> pollRefusals = new ArrayDeque<>();
    private final Queue<Status> startRefusals = new ArrayDeque<>();
    private final Queue<Status> reportRefusals = new ArrayDeque<>();
    private Callable<?> look = () -> "";
    private Duration hold = Duration.ZERO;

    private WorkflowServer(int port, ServerCredentials credentials) throws IOException {
        server = OkHttpServerBuilder.forPort(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), credentials)
                .addService(new Service())
                .build()
                .start();
    }

    /** Starts a server without TLS on a free port. */
    public static WorkflowServer start() throws IOException {
        return start(0, InsecureServerCredentials.create());
    }

    /** Starts a server on a port, 0 for a free one. */
    public static WorkflowServer start(int port, ServerCredentials credentials) throws IOException {
        return new WorkflowServer(port, credentials);
    }

    public int port() {
        return server.getPort();
    }

    /** Host and port, as the kernel parameter {@code grpc_authority} takes them. */
    public String authority() {
        return "127.0.0.1:" + port();
    }

    /** An action to complete with timeout, volumes and the like; the server fills in its ids. */
    public static ActionResponse.Builder action(String name, String image, String... command) {
        return ActionResponse.newBuilder().setName(name).setImage(image).addAllCommand(List.of(command));
    }

    /**
     * Queues a workflow for an agent; it begins when the agent's earlier ones have ended.
     *
     * @param id {@code <namespace>/<name>}
     */
    public synchronized Workflow workflow(String agentId, String id, ActionResponse.Builder... actions) {
        Workflow workflow = new Workflow(this, agentId, id, List.of(actions));
        workflows.add(workflow);
        notifyAll();
        return workflow;
    }

    /** Has calls of GetAction wait this long for an action before they are told that there is none. */
    public synchronized void hold(Duration limit) {
        hold = limit;
    }

    /** Answers the next calls of GetAction with these, one each. */
    public synchronized void refusePolls(Status... answers) {
        pollRefusals.addAll(List.of(answers));
    }

    /** Answers the next reports that an action begins with these, one each. */
    public synchronized void refuseStarts(Status... answers) {
        startRefusals.addAll(List.of(answers));
    }

    /** Answers the next reports that tell of a result with these, one each, and forgets those reports. */
    public synchronized void refuseResults(Status... answers) {
        reportRefusals.addAll(List.of(answers));
    }

    /** Has something done at each report of a result, before it is taken or refused. */
    public synchronized void onResult(Callable<?> look) {
        this.look = look;
    }

    /** Every report that was accepted, in order. */
    public synchronized List<ActionStatusRequest> reports() {
        return List.copyOf(reports);
    }

    /** When GetAction was called. */
    public synchronized List<Instant> polls() {
        return List.copyOf(polls);
    }

    /** What the last question told of the machine; empty when nothing. */
    public synchronized AgentAttributes attributes() {
        return attributes;
    }

    /** Waits until the server's state fulfils a condition; false when it doesn't in time. */
    public synchronized boolean await(Predicate<WorkflowServer> condition, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.test(this)) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    @Override
    public void close() {
        // Answers under way still arrive: a client that lost one would report again, to nobody.
        server.shutdown();
        try {
            if (!server.awaitTermination(2, TimeUnit.SECONDS)) {
                server.shutdownNow().awaitTermination();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized ActionResponse next(ActionRequest request) {
        polls.add(Instant.now());
        attributes = request.getAgentAttributes();
        notifyAll();
        refuse(pollRefusals);
        long end = System.nanoTime() + hold.toNanos();
        while (true) {
            Optional<Workflow> workflow = workflows.stream()
                    .filter(any -> any.agentId().equals(request.getAgentId()) && !any.ended())
                    .findFirst();
            if (workflow.isPresent()) {
                return workflow.get().current();
            }
            if (System.nanoTime() >= end || Context.current().isCancelled()) {
                throw Status.NOT_FOUND.withDescription("no Workflows found").asRuntimeException();
            }
            try {
                wait(HELD_CALL_LOOK_MILLIS);
            } catch (InterruptedException e) {
                throw Status.CANCELLED.asRuntimeException();
            }
        }
    }

    private synchronized void record(ActionStatusRequest report) {
        if (report.getWorkflowId().isEmpty()
                || report.getAgentId().isEmpty()
                || report.getTaskId().isEmpty()
                || report.getActionId().isEmpty()) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("a report needs workflow, agent, task and action id")
                    .asRuntimeException();
        }
        if (report.getActionState() != ActionStatusRequest.StateType.RUNNING) {
            try {
                look.call();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            refuse(reportRefusals);
        } else {
            refuse(startRefusals);
        }
        workflows.stream()
                .filter(workflow -> workflow.isAbout(report))
                .findFirst()
                .orElseThrow(
                        () -> Status.NOT_FOUND.withDescription("no such action").asRuntimeException())
                .take(report);
        reports.add(report);
        notifyAll();
    }

    private static void refuse(Queue<Status> answers) {
        Status answer = answers.poll();
        if (answer != null) {
            throw answer.asRuntimeException();
        }
    }

    private final class Service extends WorkflowServiceImplBase {
        @Override
        public void getAction(ActionRequest request, StreamObserver<ActionResponse> answer) {
            try {
                answer.onNext(next(request));
                answer.onCompleted();
            } catch (RuntimeException e) {
                answer.onError(e);
            }
        }

        @Override
        public void reportActionStatus(ActionStatusRequest request, StreamObserver<ActionStatusResponse> answer) {
            try {
                record(request);
                answer.onNext(ActionStatusResponse.getDefaultInstance());
                answer.onCompleted();
            } catch (RuntimeException e) {
                answer.onError(e);
            }
        }
    }
}
