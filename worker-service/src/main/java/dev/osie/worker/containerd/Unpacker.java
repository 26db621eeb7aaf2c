package dev.osie.worker.containerd;

import dev.osie.worker.image.Descriptor;
import dev.osie.worker.image.ImageConfig;
import dev.osie.worker.proto.containerd.ApplyRequest;
import dev.osie.worker.proto.containerd.Mount;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.List;
import java.util.UUID;

/** Makes snapshots of layers, one upon the other, under the names that all programs on containerd give them: their chain IDs. */
final class Unpacker {
    private final Containerd containerd;
    private final Snapshots snapshots;

    Unpacker(Containerd containerd) {
        this.containerd = containerd;
        this.snapshots = new Snapshots(containerd);
    }

    /** How many layers, counted from the bottom, are unpacked already. */
    int unpacked(ImageConfig config) {
        int count = config.chain().size();
        while (count > 0 && !snapshots.has(config.chain().get(count - 1))) {
            count--;
        }
        return count;
    }

    /**
     * Unpacks one layer upon those below it, which are unpacked.
     *
     * @param layer in the content store
     */
    void unpack(ImageConfig config, int index, Descriptor layer) throws IOException {
        String name = config.chain().get(index);
        String key = "tink-worker-unpacking-" + UUID.randomUUID();
        List<Mount> mounts =
                snapshots.prepare(key, index == 0 ? "" : config.chain().get(index - 1));
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
            kept = snapshots.commit(key, name);
        } finally {
            if (!kept) {
                remove(key);
            }
        }
    }

    private void remove(String key) {
        try {
            snapshots.remove(key);
        } catch (StatusRuntimeException e) {
            // It is under the lease, and goes with it.
        }
    }
}
