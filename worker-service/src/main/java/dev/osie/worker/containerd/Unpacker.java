package dev.osie.worker.containerd;

import dev.osie.worker.image.Descriptor;
import dev.osie.worker.image.ImageConfig;
import dev.osie.worker.proto.containerd.ApplyRequest;
import dev.osie.worker.proto.containerd.CommitSnapshotRequest;
import dev.osie.worker.proto.containerd.Mount;
import dev.osie.worker.proto.containerd.PrepareSnapshotRequest;
import dev.osie.worker.proto.containerd.RemoveSnapshotRequest;
import dev.osie.worker.proto.containerd.StatSnapshotRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.List;
import java.util.UUID;

/** Makes snapshots of layers, one upon the other, under the names that all programs on containerd give them: their chain IDs. */
final class Unpacker {
    private final Containerd containerd;

    Unpacker(Containerd containerd) {
        this.containerd = containerd;
    }

    /** How many layers, counted from the bottom, are unpacked already. */
    int unpacked(ImageConfig config) {
        int count = config.chain().size();
        while (count > 0 && !isThere(config.chain().get(count - 1))) {
            count--;
        }
        return count;
    }

    private boolean isThere(String snapshot) {
        try {
            containerd
                    .snapshots()
                    .stat(StatSnapshotRequest.newBuilder()
                            .setSnapshotter(Containerd.SNAPSHOTTER)
                            .setKey(snapshot)
                            .build());
            return true;
        } catch (StatusRuntimeException e) {
            if (Containerd.is(e, Status.Code.NOT_FOUND)) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Unpacks one layer upon those below it, which are unpacked.
     *
     * @param layer in the content store
     */
    void unpack(ImageConfig config, int index, Descriptor layer) throws IOException {
        String name = config.chain().get(index);
        String key = "tink-worker-unpacking-" + UUID.randomUUID();
        List<Mount> mounts = containerd
                .snapshots()
                .prepare(PrepareSnapshotRequest.newBuilder()
                        .setSnapshotter(Containerd.SNAPSHOTTER)
                        .setKey(key)
                        .setParent(index == 0 ? "" : config.chain().get(index - 1))
                        .build())
                .getMountsList();
        boolean kept = false;
        try {
            String applied = containerd
                    .diff()
                    .apply(ApplyRequest.newBuilder()
                            .setDiff(dev.osie.worker.proto.containerd.Descriptor.newBuilder()
                                    .setMediaType(layer.mediaType())
                                    .setDigest(layer.digest())
                                    .setSize(layer.size()))
                            .addAllMounts(mounts)
                            .build())
                    .getApplied()
                    .getDigest();
            if (!applied.equals(config.layers().get(index))) {
                throw new IOException("a layer is " + applied + " and should be "
                        + config.layers().get(index));
            }
            kept = commit(key, name);
        } finally {
            if (!kept) {
                remove(key);
            }
        }
    }

    /** False when somebody else has made the same snapshot meanwhile. */
    private boolean commit(String key, String name) {
        try {
            containerd
                    .snapshots()
                    .commit(CommitSnapshotRequest.newBuilder()
                            .setSnapshotter(Containerd.SNAPSHOTTER)
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

    private void remove(String key) {
        try {
            containerd
                    .snapshots()
                    .remove(RemoveSnapshotRequest.newBuilder()
                            .setSnapshotter(Containerd.SNAPSHOTTER)
                            .setKey(key)
                            .build());
        } catch (StatusRuntimeException e) {
            // It is under the lease, and goes with it.
        }
    }
}
