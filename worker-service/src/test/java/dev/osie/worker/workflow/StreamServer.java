package dev.osie.worker.workflow;

import dev.osie.worker.proto.stream.Empty;
import dev.osie.worker.proto.stream.State;
import dev.osie.worker.proto.stream.WorkflowAction;
import dev.osie.worker.proto.stream.WorkflowActionList;
import dev.osie.worker.proto.stream.WorkflowActionStatus;
import dev.osie.worker.proto.stream.WorkflowActionsRequest;
import dev.osie.worker.proto.stream.WorkflowContext;
import dev.osie.worker.proto.stream.WorkflowContextRequest;
import dev.osie.worker.proto.stream.WorkflowServiceGrpc.WorkflowServiceImplBase;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A real server of the older workflow protocol on the loopback interface for tests. As those servers do, it takes a report only about the
 * current action, by its task's and its own name, and it doesn't take RUNNING of an action that is running.
 */
public final class StreamServer implements AutoCloseable {
    private final Server server;
    private final List<Progress> workflows = new ArrayList<>();
    private final List<WorkflowActionStatus> reports = new ArrayList<>();
    private final Queue<Status> resultRefusals = new ArrayDeque<>();
    private int polls;

    private StreamServer(int port) throws IOException {
        server = OkHttpServerBuilder.forPort(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        InsecureServerCredentials.create())
                .addService(new Service())
                .build()
                .start();
    }

    /** Starts a server on a port, 0 for a free one. */
    public static StreamServer start(int port) throws IOException {
        return new StreamServer(port);
    }

    public int port() {
        return server.getPort();
    }

    /** An action to complete with timeout, volumes and the like. */
    public static WorkflowAction.Builder action(String worker, String name, String image, String... command) {
        return WorkflowAction.newBuilder()
                .setTaskName("task")
                .setWorkerId(worker)
                .setName(name)
                .setImage(image)
                .addAllCommand(List.of(command));
    }

    /** Adds a workflow of which nothing has been done. */
    public synchronized void workflow(String id, WorkflowAction.Builder... actions) {
        workflow(id, 0, State.STATE_PENDING, actions);
    }

    /** Adds a workflow that has come to an action. */
    public synchronized void workflow(String id, int index, State state, WorkflowAction.Builder... actions) {
        List<WorkflowAction> built = new ArrayList<>();
        for (WorkflowAction.Builder action : actions) {
            built.add(action.build());
        }
        workflows.add(new Progress(id, built, index, state));
    }

    /** Answers the next reports that tell of a result with these, one each, and forgets those reports. */
    public synchronized void refuseResults(Status... answers) {
        resultRefusals.addAll(List.of(answers));
    }

    /** The accepted reports, in order: {@code install partition STATE_RUNNING}, … */
    public synchronized List<String> history() {
        return reports.stream()
                .map(report -> report.getWorkflowId() + " " + report.getActionName() + " " + report.getActionStatus())
                .toList();
    }

    /** Every report that was accepted, in order. */
    public synchronized List<WorkflowActionStatus> reports() {
        return List.copyOf(reports);
    }

    /** How often GetWorkflowContexts was called. */
    public synchronized int polls() {
        return polls;
    }

    /** Waits until the server's state fulfils a condition; false when it doesn't in time. */
    public synchronized boolean await(Predicate<StreamServer> condition, Duration limit) throws InterruptedException {
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
        server.shutdown();
        try {
            if (!server.awaitTermination(2, TimeUnit.SECONDS)) {
                server.shutdownNow().awaitTermination();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized List<WorkflowContext> contexts(String worker) {
        polls++;
        notifyAll();
        return workflows.stream()
                .filter(workflow -> !workflow.ended()
                        && workflow.actions.stream()
                                .anyMatch(action -> action.getWorkerId().equals(worker)))
                .map(Progress::context)
                .toList();
    }

    private synchronized WorkflowActionList actions(String id) {
        return WorkflowActionList.newBuilder()
                .addAllActionList(find(id).actions)
                .build();
    }

    private synchronized void record(WorkflowActionStatus report) {
        if (report.getActionStatus() != State.STATE_RUNNING && !resultRefusals.isEmpty()) {
            throw resultRefusals.remove().asRuntimeException();
        }
        find(report.getWorkflowId()).take(report);
        reports.add(report);
        notifyAll();
    }

    private Progress find(String id) {
        return workflows.stream()
                .filter(workflow -> workflow.id.equals(id))
                .findFirst()
                .orElseThrow(() -> Status.INVALID_ARGUMENT
                        .withDescription("invalid workflow id")
                        .asRuntimeException());
    }

    private static final class Progress {
        private final String id;
        private final List<WorkflowAction> actions;
        private int index;
        private State state;

        Progress(String id, List<WorkflowAction> actions, int index, State state) {
            this.id = id;
            this.actions = actions;
            this.index = index;
            this.state = state;
        }

        boolean ended() {
            return state == State.STATE_FAILED
                    || state == State.STATE_TIMEOUT
                    || (state == State.STATE_SUCCESS && index == actions.size() - 1);
        }

        WorkflowContext context() {
            boolean begun = index > 0 || state != State.STATE_PENDING;
            return WorkflowContext.newBuilder()
                    .setWorkflowId(id)
                    .setCurrentTask(begun ? actions.get(index).getTaskName() : "")
                    .setCurrentAction(begun ? actions.get(index).getName() : "")
                    .setCurrentActionIndex(index)
                    .setCurrentActionState(state)
                    .setTotalNumberOfActions(actions.size())
                    .build();
        }

        void take(WorkflowActionStatus report) {
            boolean begins = report.getActionStatus() == State.STATE_RUNNING;
            int meant = begins && state == State.STATE_SUCCESS ? index + 1 : index;
            WorkflowAction action = actions.get(meant);
            if (ended()
                    || begins == (state == State.STATE_RUNNING)
                    || report.getActionStatus() == State.STATE_PENDING
                    || !report.getTaskName().equals(action.getTaskName())
                    || !report.getActionName().equals(action.getName())) {
                throw Status.INVALID_ARGUMENT
                        .withDescription("reported action name does not match the current action details")
                        .asRuntimeException();
            }
            index = meant;
            state = report.getActionStatus();
        }
    }

    private final class Service extends WorkflowServiceImplBase {
        @Override
        public void getWorkflowContexts(WorkflowContextRequest request, StreamObserver<WorkflowContext> answer) {
            contexts(request.getWorkerId()).forEach(answer::onNext);
            answer.onCompleted();
        }

        @Override
        public void getWorkflowActions(WorkflowActionsRequest request, StreamObserver<WorkflowActionList> answer) {
            try {
                answer.onNext(actions(request.getWorkflowId()));
                answer.onCompleted();
            } catch (RuntimeException e) {
                answer.onError(e);
            }
        }

        @Override
        public void reportActionStatus(WorkflowActionStatus request, StreamObserver<Empty> answer) {
            try {
                record(request);
                answer.onNext(Empty.getDefaultInstance());
                answer.onCompleted();
            } catch (RuntimeException e) {
                answer.onError(e);
            }
        }
    }
}
