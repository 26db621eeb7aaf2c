package dev.osie.worker.retry;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * How long to wait before trying again: the first pause, then half as much longer each time up to a limit. Every pause is shifted at
 * random by up to half its length, so that a thousand machines switched on together don't ask together.
 */
public final class Backoff {
    private final long first;
    private final long limit;
    private final SplittableRandom random = new SplittableRandom();
    private double next;

    public Backoff(Duration first, Duration limit) {
        this.first = first.toMillis();
        this.limit = limit.toMillis();
        this.next = this.first;
    }

    /** The pauses of Tinkerbell's agents between two questions to the server: 0.5 s growing to 5 s. */
    public static Backoff betweenCalls() {
        return new Backoff(Duration.ofMillis(500), Duration.ofSeconds(5));
    }

    /** Another with the same pauses, at its first. */
    public Backoff another() {
        return new Backoff(Duration.ofMillis(first), Duration.ofMillis(limit));
    }

    /** Starts over with the first pause. */
    public void reset() {
        next = first;
    }

    /** The next pause in milliseconds. */
    public long nextMillis() {
        double pause = next;
        next = Math.min(next * 1.5, limit);
        return Math.round(pause * (0.5 + random.nextDouble()));
    }

    /** Waits for the next pause. */
    public void pause() throws InterruptedException {
        Thread.sleep(nextMillis());
    }
}
