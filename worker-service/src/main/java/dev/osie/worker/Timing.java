package dev.osie.worker;

import dev.osie.worker.retry.Backoff;
import java.time.Duration;
import java.time.InstantSource;

/**
 * The worker's clocks and limits.
 *
 * @param pause between two questions to the server, and between two tries of a report
 * @param clock what time it is, for reports alone: nothing waits by it, as it jumps by years when the machine's clock is set
 * @param lastWord how long a machine whose end an action asked for waits for a server that doesn't take the action's result
 * @param goingDown how long the machine's end may take once it was asked for
 * @param look between two looks for a request that comes while the worker asks the server
 */
record Timing(Backoff pause, InstantSource clock, Duration lastWord, Duration goingDown, Duration look) {
    static Timing usual() {
        return new Timing(
                Backoff.betweenCalls(),
                InstantSource.system(),
                Duration.ofMinutes(10),
                Duration.ofMinutes(2),
                Duration.ofSeconds(1));
    }
}
