package dev.osie.worker;

import dev.osie.worker.retry.Backoff;
import java.time.InstantSource;

/**
 * The worker's clocks.
 *
 * @param pause between two questions to the server, and between two tries of a report
 * @param clock what time it is, for reports alone: nothing waits by it, as it jumps by years when the machine's clock is set
 */
record Timing(Backoff pause, InstantSource clock) {
    static Timing usual() {
        return new Timing(Backoff.betweenCalls(), InstantSource.system());
    }
}
