package dev.osie.worker.workflow;

import dev.osie.worker.action.Action;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** An action under way. Durations come from the monotonic clock: a machine's clock may jump by years while it is being set. */
public final class Execution {
    private final Action action;
    private final Instant start;
    private final long startNanos = System.nanoTime();

    /** @param clock what time it is when the action begins */
    public Execution(Action action, InstantSource clock) {
        this.action = action;
        this.start = clock.instant();
    }

    public Action action() {
        return action;
    }

    public Instant start() {
        return start;
    }

    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }
}
