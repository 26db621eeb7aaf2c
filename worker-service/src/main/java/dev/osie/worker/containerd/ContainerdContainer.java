package dev.osie.worker.containerd;

import com.google.protobuf.ByteString;
import dev.osie.worker.action.Action;
import dev.osie.worker.action.ActionFailure;
import dev.osie.worker.action.ActionLabels;
import dev.osie.worker.action.ActionLines;
import dev.osie.worker.action.Deadline;
import dev.osie.worker.action.Deadline.OutOfTime;
import dev.osie.worker.container.ActionContainer;
import dev.osie.worker.proto.containerd.Container;
import dev.osie.worker.proto.containerd.CreateContainerRequest;
import dev.osie.worker.proto.containerd.CreateTaskRequest;
import dev.osie.worker.proto.containerd.DeleteContainerRequest;
import dev.osie.worker.proto.containerd.DeleteTaskRequest;
import dev.osie.worker.proto.containerd.GetTaskRequest;
import dev.osie.worker.proto.containerd.KillTaskRequest;
import dev.osie.worker.proto.containerd.ListContainersRequest;
import dev.osie.worker.proto.containerd.Mount;
import dev.osie.worker.proto.containerd.StartTaskRequest;
import dev.osie.worker.proto.containerd.TaskProcess;
import dev.osie.worker.proto.containerd.TypedValue;
import dev.osie.worker.proto.containerd.WaitTaskRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A container in containerd: its description, its root file system and its task, all of one name. The names of the pipes that it writes to
 * are among its labels, for a later life of this process.
 */
final class ContainerdContainer implements ActionContainer {
    private static final String RUNTIME = "io.containerd.runc.v2";
    private static final String SPEC_TYPE = "types.containerd.io/opencontainers/runtime-spec/1/Spec";
    private static final long STOP_GRACE_MILLIS = 5_000;
    private static final long KILL_MILLIS = 10_000;

    private final Containerd containerd;
    private final String id;
    private final String definition;
    private final int stopSignal;

    /** What its root file system is upon. */
    private final String snapshot;

    /** Empty for one whose output nobody can read any more. */
    private final Optional<OutputPipes> output;

    private ContainerdContainer(
            Containerd containerd,
            String id,
            String definition,
            int stopSignal,
            String snapshot,
            Optional<OutputPipes> output) {
        this.containerd = containerd;
        this.id = id;
        this.definition = definition;
        this.stopSignal = stopSignal;
        this.snapshot = snapshot;
        this.output = output;
    }

    /** Every container in the namespace that an earlier life of this worker made. */
    static List<ContainerdContainer> leftOvers(Containerd containerd, String worker) {
        return containerd
                .containers()
                .list(ListContainersRequest.newBuilder()
                        .addFilters("labels.\"" + ActionLabels.WORKER + "\"==" + quoted(worker))
                        .build())
                .getContainersList()
                .stream()
                .map(left -> leftOver(containerd, left))
                .toList();
    }

    private static ContainerdContainer leftOver(Containerd containerd, Container left) {
        return new ContainerdContainer(
                containerd,
                left.getId(),
                left.getLabelsOrDefault(ActionLabels.DEFINITION, ""),
                Signals.TERM,
                "",
                OutputPipes.opened(left.getId(), left.getLabelsMap()));
    }

    /** Creates the action's container, after removing what has been left under the same name. */
    static ContainerdContainer create(Containerd containerd, Action action, UnpackedImage image, byte[] spec)
            throws ActionFailure {
        Map<String, String> labels = ActionLabels.of(action);
        ContainerdContainer container = new ContainerdContainer(
                containerd,
                ContainerName.of(action),
                labels.get(ActionLabels.DEFINITION),
                Signals.number(image.config().stopSignal()),
                image.snapshot(),
                Optional.of(OutputPipes.open()));
        try {
            container.remove();
            container.describe(image.name(), labels, spec);
        } catch (RuntimeException e) {
            container.output.ifPresent(OutputPipes::close);
            throw e;
        }
        return container;
    }

    /** Makes it known to containerd: before its snapshot is made, which belongs to nobody until the container is there. */
    private void describe(String image, Map<String, String> labels, byte[] spec) {
        Container.Builder described = Container.newBuilder()
                .setId(id)
                .putAllLabels(labels)
                .setImage(image)
                .setRuntime(Container.Runtime.newBuilder().setName(RUNTIME))
                .setSpec(TypedValue.newBuilder().setTypeUrl(SPEC_TYPE).setValue(ByteString.copyFrom(spec)))
                .setSnapshotter(Snapshots.SNAPSHOTTER)
                .setSnapshotKey(id);
        output.ifPresent(pipes -> described.putAllLabels(pipes.labels()));
        containerd
                .containers()
                .create(CreateContainerRequest.newBuilder()
                        .setContainer(described)
                        .build());
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    @Override
    public String definition() {
        return definition;
    }

    /** One that was kept has no task any more; it is one that failed. */
    @Override
    public State state() {
        TaskProcess process;
        try {
            process = containerd
                    .tasks()
                    .get(GetTaskRequest.newBuilder().setContainerId(id).build())
                    .getProcess();
        } catch (StatusRuntimeException e) {
            if (Containerd.is(e, Status.Code.NOT_FOUND)) {
                return State.ended(-1);
            }
            throw e;
        }
        return switch (process.getStatus()) {
            // One whose output nobody reads stops when its pipes are full.
            case RUNNING -> output.isPresent() ? State.RUNNING : State.OTHER;
            case STOPPED -> State.ended(process.getExitStatus());
            default -> State.OTHER;
        };
    }

    @Override
    public void start(ActionLines lines) {
        goOn(lines);
        OutputPipes pipes = output.orElseThrow();
        List<Mount> root = new Snapshots(containerd).prepare(id, snapshot);
        containerd
                .tasks()
                .create(CreateTaskRequest.newBuilder()
                        .setContainerId(id)
                        .addAllRootfs(root)
                        .setStdout(pipes.standardOutput().path())
                        .setStderr(pipes.standardError().path())
                        .build());
        containerd
                .tasks()
                .start(StartTaskRequest.newBuilder().setContainerId(id).build());
    }

    @Override
    public void goOn(ActionLines lines) {
        output.ifPresent(pipes -> pipes.readTo(lines));
    }

    @Override
    public OptionalInt await(Deadline deadline) throws ActionFailure, OutOfTime {
        try {
            return OptionalInt.of(exitStatus(deadline.millisLeft()));
        } catch (StatusRuntimeException e) {
            return switch (e.getStatus().getCode()) {
                case UNAVAILABLE, UNKNOWN -> OptionalInt.empty();
                case DEADLINE_EXCEEDED -> throw new OutOfTime();
                case NOT_FOUND -> throw new ActionFailure("somebody removed its container", e);
                default -> throw e;
            };
        }
    }

    private int exitStatus(long millis) {
        return containerd
                .tasks(millis)
                .wait(WaitTaskRequest.newBuilder().setContainerId(id).build())
                .getExitStatus();
    }

    @Override
    public void stop() {
        if (!signal(stopSignal, false, STOP_GRACE_MILLIS)) {
            signal(Signals.KILL, true, KILL_MILLIS);
        }
    }

    /** Whether it has ended some time after a signal. */
    private boolean signal(int signal, boolean all, long millis) {
        try {
            containerd
                    .tasks()
                    .kill(KillTaskRequest.newBuilder()
                            .setContainerId(id)
                            .setSignal(signal)
                            .setAll(all)
                            .build());
            exitStatus(millis);
            return true;
        } catch (StatusRuntimeException e) {
            if (Containerd.is(e, Status.Code.NOT_FOUND)) {
                return true;
            }
            if (isOutOfTime(e)) {
                return false;
            }
            throw e;
        }
    }

    /** A containerd that notices the end of a call's time before its client does has no status for that. */
    private static boolean isOutOfTime(StatusRuntimeException failure) {
        String description = failure.getStatus().getDescription();
        return Containerd.is(failure, Status.Code.DEADLINE_EXCEEDED)
                || (Containerd.is(failure, Status.Code.UNKNOWN)
                        && description != null
                        && description.contains("context deadline exceeded"));
    }

    /** Takes its task away: only when that is gone all that it wrote has been passed on. */
    @Override
    public void finish() {
        try {
            deleteTask();
        } finally {
            output.ifPresent(OutputPipes::close);
        }
    }

    private void deleteTask() {
        unlessGone(() -> containerd
                .tasks()
                .delete(DeleteTaskRequest.newBuilder().setContainerId(id).build()));
    }

    /** containerd doesn't keep that. */
    @Override
    public boolean lackedMemory() {
        return false;
    }

    @Override
    public void remove() {
        signal(Signals.KILL, true, KILL_MILLIS);
        deleteTask();
        unlessGone(() -> containerd
                .containers()
                .delete(DeleteContainerRequest.newBuilder().setId(id).build()));
        new Snapshots(containerd).remove(id);
    }

    private static void unlessGone(Runnable step) {
        try {
            step.run();
        } catch (StatusRuntimeException e) {
            if (!Containerd.is(e, Status.Code.NOT_FOUND)) {
                throw e;
            }
        }
    }

    @Override
    public String toString() {
        return id;
    }
}
