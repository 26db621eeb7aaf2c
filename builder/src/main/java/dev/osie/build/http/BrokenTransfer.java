package dev.osie.build.http;

import java.time.Duration;

/** A transfer that failed for a reason that may pass. Unchecked, so that nobody on the way takes it for a failure of its own. */
public final class BrokenTransfer extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Duration pause;

    /** @param message what happened, as the part of a sentence that follows "but": {@code the transfer broke off} */
    public BrokenTransfer(String message, Throwable cause) {
        this(message, cause, Duration.ZERO);
    }

    /** @param pause how long the server asks to be left alone */
    public BrokenTransfer(String message, Throwable cause, Duration pause) {
        super(message, cause);
        this.pause = pause;
    }

    Duration pause() {
        return pause;
    }
}
