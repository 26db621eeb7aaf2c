package dev.osie.worker.workflow;

import dev.osie.worker.action.Action;
import java.time.Duration;
import java.time.Instant;

/** An action under way. Durations come from the monotonic clock: a machine's clock may jump by years while it is being set. */
public final class Execution {
    private final Action action;
    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();

    public Execution(Action action) {
        this.action = action;
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
