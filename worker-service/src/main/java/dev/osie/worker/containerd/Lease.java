package dev.osie.worker.containerd;

import dev.osie.worker.proto.containerd.CreateLeaseRequest;
import dev.osie.worker.proto.containerd.DeleteLeaseRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/**
 * Keeps what is pulled until an image refers to it. It is gone on with by the pulls of one day that fail, as they want what it keeps; one that
 * is never given back ends by itself the day after.
 */
final class Lease {
    private static final Duration LIFE = Duration.ofHours(48);

    private final Containerd containerd;
    private final String id;

    private Lease(Containerd containerd, String id) {
        this.containerd = containerd;
        this.id = id;
    }

    static Lease take(Containerd containerd) {
        String id = "tink-worker-pull-" + LocalDate.now(ZoneOffset.UTC);
        String end = Instant.now().plus(LIFE).truncatedTo(ChronoUnit.SECONDS).toString();
        try {
            containerd
                    .leases()
                    .create(CreateLeaseRequest.newBuilder()
                            .setId(id)
                            .putLabels("containerd.io/gc.expire", end)
                            .build());
        } catch (StatusRuntimeException e) {
            if (!Containerd.is(e, Status.Code.ALREADY_EXISTS)) {
                throw e;
            }
        }
        return new Lease(containerd, id);
    }

    /** The services; what is made with these is under the lease. */
    Containerd services() {
        return containerd.under(id);
    }

    /** Gives it back: what nothing else refers to is gone when this returns. */
    void release() {
        try {
            containerd
                    .leases()
                    .delete(DeleteLeaseRequest.newBuilder()
                            .setId(id)
                            .setSync(true)
                            .build());
        } catch (StatusRuntimeException e) {
            // It ends by itself; what was pulled is there.
        }
    }
}
