package dev.osie.worker.containerd;

import com.google.protobuf.ByteString;
import dev.osie.worker.action.Action;
import dev.osie.worker.action.ActionFailure;
import dev.osie.worker.action.ActionLabels;
import dev.osie.worker.action.Deadline;
import dev.osie.worker.action.Deadline.OutOfTime;
import dev.osie.worker.image.Descriptor;
import dev.osie.worker.proto.containerd.Container;
import dev.osie.worker.proto.containerd.CreateContainerRequest;
import dev.osie.worker.proto.containerd.CreateTaskRequest;
import dev.osie.worker.proto.containerd.DeleteContainerRequest;
import dev.osie.worker.proto.containerd.DeleteTaskRequest;
import dev.osie.worker.proto.containerd.GetTaskRequest;
import dev.osie.worker.proto.containerd.KillTaskRequest;
import dev.osie.worker.proto.containerd.ListContainersRequest;
import dev.osie.worker.proto.containerd.Mount;
import dev.osie.worker.proto.containerd.PrepareSnapshotRequest;
import dev.osie.worker.proto.containerd.RemoveSnapshotRequest;
import dev.osie.worker.proto.containerd.StartTaskRequest;
import dev.osie.worker.proto.containerd.TypedValue;
import dev.osie.worker.proto.containerd.WaitTaskRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;

/** The container of one action, from creation to removal: its description, its root file system and its task, all of one name. */
final class ActionContainer {
    private static final String RUNTIME = "io.containerd.runc.v2";
    private static final String SPEC_TYPE = "types.containerd.io/opencontainers/runtime-spec/1/Spec";
    private static final long STOP_GRACE_MILLIS = 5_000;
    private static final long KILL_MILLIS = 10_000;

    /** Of an identifier, in containerd. */
    private static final int NAME_LIMIT = 76;

    private final Containerd containerd;
    private final String id;
    private final int stopSignal;

    private ActionContainer(Containerd containerd, String id, int stopSignal) {
        this.containerd = containerd;
        this.id = id;
        this.stopSignal = stopSignal;
    }

    /** Every container in the namespace that an earlier life of this worker made. */
    static List<ActionContainer> leftOvers(Containerd containerd, String worker) {
        return containerd
                .containers()
                .list(ListContainersRequest.newBuilder()
                        .addFilters("labels.\"" + ActionLabels.WORKER + "\"==" + quoted(worker))
                        .build())
                .getContainersList()
                .stream()
                .map(left -> new ActionContainer(containerd, left.getId(), Signals.TERM))
                .toList();
    }

    /** Creates the action's container, after removing what has been left under the same name. */
    static ActionContainer create(Containerd containerd, Action action, UnpackedImage image, byte[] spec) {
        String id = name(action);
        ActionContainer container = new ActionContainer(
                containerd, id, Signals.number(image.config().stopSignal()));
        container.remove();
        // Before its snapshot, which belongs to nobody until the container is there.
        containerd
                .containers()
                .create(CreateContainerRequest.newBuilder()
                        .setContainer(Container.newBuilder()
                                .setId(id)
                                .putAllLabels(ActionLabels.of(action))
                                .setImage(image.name())
                                .setRuntime(Container.Runtime.newBuilder().setName(RUNTIME))
                                .setSpec(TypedValue.newBuilder()
                                        .setTypeUrl(SPEC_TYPE)
                                        .setValue(ByteString.copyFrom(spec)))
                                .setSnapshotter(Containerd.SNAPSHOTTER)
                                .setSnapshotKey(id))
                        .build());
        return container;
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** Whether it runs, or has ended without anybody to take note of it. */
    boolean hasTask() {
        try {
            containerd
                    .tasks()
                    .get(GetTaskRequest.newBuilder().setContainerId(id).build());
            return true;
        } catch (StatusRuntimeException e) {
            if (Containerd.is(e, Status.Code.NOT_FOUND)) {
                return false;
            }
            throw e;
        }
    }

    /**
     * {@code tinkerbell_<name>_<action id>} as far as containerd takes it: letters and digits of ASCII, and between them single dots,
     * underscores and dashes. What is too long, or says nothing that containerd takes, ends with a digest of the whole.
     */
    static String name(Action action) {
        String whole = "tinkerbell_" + action.name() + "_" + action.id();
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < whole.length(); i++) {
            char c = whole.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            char last = name.length() == 0 ? '_' : name.charAt(name.length() - 1);
            if (plain) {
                name.append(c);
            } else if ("_.-".indexOf(last) < 0) {
                name.append("_.-".indexOf(c) >= 0 ? c : '_');
            }
        }
        while ("_.-".indexOf(name.charAt(name.length() - 1)) >= 0) {
            name.setLength(name.length() - 1);
        }
        if (name.length() <= NAME_LIMIT) {
            return name.toString();
        }
        String digest =
                Descriptor.digestOf(whole.getBytes(StandardCharsets.UTF_8)).substring("sha256:".length(), 23);
        return name.substring(0, NAME_LIMIT - 17).replaceAll("[_.-]$", "") + "-" + digest;
    }

    /**
     * Starts it.
     *
     * @param snapshot what its root file system is upon
     */
    void start(String snapshot, OutputPipe standardOutput, OutputPipe standardError) {
        List<Mount> root = containerd
                .snapshots()
                .prepare(PrepareSnapshotRequest.newBuilder()
                        .setSnapshotter(Containerd.SNAPSHOTTER)
                        .setKey(id)
                        .setParent(snapshot)
                        .build())
                .getMountsList();
        containerd
                .tasks()
                .create(CreateTaskRequest.newBuilder()
                        .setContainerId(id)
                        .addAllRootfs(root)
                        .setStdout(standardOutput.path())
                        .setStderr(standardError.path())
                        .build());
        containerd
                .tasks()
                .start(StartTaskRequest.newBuilder().setContainerId(id).build());
    }

    /**
     * Waits until it has ended.
     *
     * @return its exit code; empty when containerd went away without saying
     */
    OptionalInt await(Deadline deadline) throws ActionFailure, OutOfTime {
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

    /** Asks its process to end, and kills all of it some seconds later. */
    void stop() {
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
            if (Containerd.is(e, Status.Code.DEADLINE_EXCEEDED)) {
                return false;
            }
            throw e;
        }
    }

    /** Takes the task away, which has ended: only now all that it wrote has been passed on. */
    void finish() {
        unlessGone(() -> containerd
                .tasks()
                .delete(DeleteTaskRequest.newBuilder().setContainerId(id).build()));
    }

    /** Takes everything of it away, and kills what runs. */
    void remove() {
        signal(Signals.KILL, true, KILL_MILLIS);
        finish();
        unlessGone(() -> containerd
                .containers()
                .delete(DeleteContainerRequest.newBuilder().setId(id).build()));
        unlessGone(() -> containerd
                .snapshots()
                .remove(RemoveSnapshotRequest.newBuilder()
                        .setSnapshotter(Containerd.SNAPSHOTTER)
                        .setKey(id)
                        .build()));
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
