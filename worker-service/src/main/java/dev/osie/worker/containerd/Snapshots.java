package dev.osie.worker.containerd;

import dev.osie.worker.proto.containerd.CommitSnapshotRequest;
import dev.osie.worker.proto.containerd.Mount;
import dev.osie.worker.proto.containerd.PrepareSnapshotRequest;
import dev.osie.worker.proto.containerd.RemoveSnapshotRequest;
import dev.osie.worker.proto.containerd.StatSnapshotRequest;
import dev.osie.worker.proto.containerd.ViewSnapshotRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;

/** File systems that containerd keeps, one upon the other. The parent of one that is upon nothing is an empty text. */
final class Snapshots {
    /** Which of containerd's snapshotters keeps them. */
    static final String SNAPSHOTTER = "overlayfs";

    private final Containerd containerd;

    Snapshots(Containerd containerd) {
        this.containerd = containerd;
    }

    boolean has(String name) {
        try {
            containerd
                    .snapshots()
                    .stat(StatSnapshotRequest.newBuilder()
                            .setSnapshotter(SNAPSHOTTER)
                            .setKey(name)
                            .build());
            return true;
        } catch (StatusRuntimeException e) {
            if (Containerd.is(e, Status.Code.NOT_FOUND)) {
                return false;
            }
            throw e;
        }
    }

    /** Begins one that can be written to; says how to mount it. */
    List<Mount> prepare(String key, String parent) {
        return containerd
                .snapshots()
                .prepare(PrepareSnapshotRequest.newBuilder()
                        .setSnapshotter(SNAPSHOTTER)
                        .setKey(key)
                        .setParent(parent)
                        .build())
                .getMountsList();
    }

    /** Begins one that can only be read. */
    List<Mount> view(String key, String parent) {
        return containerd
                .snapshots()
                .view(ViewSnapshotRequest.newBuilder()
                        .setSnapshotter(SNAPSHOTTER)
                        .setKey(key)
                        .setParent(parent)
                        .build())
                .getMountsList();
    }

    /** Ends one that was written to; false when somebody else has made one of that name meanwhile. */
    boolean commit(String key, String name) {
        try {
            containerd
                    .snapshots()
                    .commit(CommitSnapshotRequest.newBuilder()
                            .setSnapshotter(SNAPSHOTTER)
                            .setKey(key)
                            .setName(name)
                            .build());
            return true;
        } catch (StatusRuntimeException e) {
            if (Containerd.is(e, Status.Code.ALREADY_EXISTS)) {
                return false;
            }
            throw e;
        }
    }

    /** Takes one away, if it is there. */
    void remove(String key) {
        try {
            containerd
                    .snapshots()
                    .remove(RemoveSnapshotRequest.newBuilder()
                            .setSnapshotter(SNAPSHOTTER)
                            .setKey(key)
                            .build());
        } catch (StatusRuntimeException e) {
            if (!Containerd.is(e, Status.Code.NOT_FOUND)) {
                throw e;
            }
        }
    }
}
