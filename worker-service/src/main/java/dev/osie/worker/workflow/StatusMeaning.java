package dev.osie.worker.workflow;

import io.grpc.ManagedChannel;
import io.grpc.Status;

/** What the status of a failed call means to a worker; the same in both protocols. */
final class StatusMeaning {
    private StatusMeaning() {}

    /** Of a call that asked for work. */
    static Answer ofQuestion(Status status, ManagedChannel channel) {
        switch (status.getCode()) {
            case NOT_FOUND:
            case FAILED_PRECONDITION:
                return new Answer.Nothing();
            case UNIMPLEMENTED:
                return new Answer.Unknown(Reason.of(status));
            default:
                Reconnect.after(status, channel);
                return new Answer.Failure("can't ask the server: " + Reason.of(status));
        }
    }

    /** Of a call that reported. */
    static Receipt ofReport(Status status, ManagedChannel channel) {
        switch (status.getCode()) {
            case NOT_FOUND:
            case INVALID_ARGUMENT:
            case FAILED_PRECONDITION:
            case UNIMPLEMENTED:
                return new Receipt.Refused(Reason.of(status));
            default:
                Reconnect.after(status, channel);
                return new Receipt.Unanswered(Reason.of(status));
        }
    }
}
