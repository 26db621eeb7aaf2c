package dev.osie.worker.workflow;

import io.grpc.ManagedChannel;
import io.grpc.Status;

/** What follows a failed call: the next one connects anew, and at once. */
final class Reconnect {
    private Reconnect() {}

    /** gRPC's own pauses grow to two minutes, and it trusts a silent connection. */
    static void after(Status failure, ManagedChannel channel) {
        if (failure.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            channel.enterIdle();
        }
        channel.resetConnectBackoff();
    }
}
