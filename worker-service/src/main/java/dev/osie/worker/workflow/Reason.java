package dev.osie.worker.workflow;

import io.grpc.Status;
import java.util.Locale;

/** Says in a few words why a call failed. */
final class Reason {
    private Reason() {}

    /** The deepest cause that has words of its own ("Connection refused"); else what the server said; else the status. */
    static String of(Status status) {
        String words = "";
        for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null) {
                words = cause.getMessage();
            }
        }
        if (!words.isEmpty()) {
            return words;
        }
        String code = status.getCode().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        String description = status.getDescription();
        return switch (status.getCode()) {
            case DEADLINE_EXCEEDED -> "no answer in time";
            default -> description == null ? code : code + ": " + description;
        };
    }
}
