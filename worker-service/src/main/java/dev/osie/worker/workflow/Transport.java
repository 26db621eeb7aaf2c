package dev.osie.worker.workflow;

import dev.osie.worker.action.Outcome;
import java.time.Duration;

/**
 * Where a worker's actions come from and their reports go. Each method tries once, and the caller decides about trying again. What an
 * interrupted thread asks fails at once and leaves it interrupted.
 */
public interface Transport extends AutoCloseable {
    /** Asks for the next action. One that was handed out without a result having been reported is handed out again. */
    Answer next();

    /** Reports that an action begins. */
    Receipt reportRunning(Execution execution);

    /**
     * Reports how an action ended.
     *
     * @param took from start to end of the action, however often the report is tried
     */
    Receipt report(Execution execution, Duration took, Outcome outcome);

    @Override
    void close();
}
