package dev.osie.worker.action;

import java.time.Duration;
import java.util.Optional;

/** When an action has to be done; maybe never. */
public final class Deadline {
    private static final long NEVER = Long.MAX_VALUE;

    private final long endNanos;
    private final boolean limited;

    /** Starts to run now; without a limit it never ends. */
    public Deadline(Optional<Duration> limit) {
        limited = limit.isPresent();
        endNanos = System.nanoTime() + limit.map(Deadline::nanos).orElse(0L);
    }

    private static long nanos(Duration limit) {
        // A hundred years is as good as any longer limit, and doesn't overflow.
        return Math.min(limit.toSeconds(), 100L * 365 * 86_400) * 1_000_000_000L;
    }

    /** Milliseconds left, at least 1; as good as endless without a limit. */
    public long millisLeft() throws OutOfTime {
        if (!limited) {
            return NEVER;
        }
        long left = (endNanos - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw new OutOfTime();
        }
        return left;
    }

    /** Sleeps, but not beyond the end. */
    public void sleep(long millis) throws OutOfTime, InterruptedException {
        Thread.sleep(Math.min(millis, millisLeft()));
    }

    /** The action's time is up. */
    public static final class OutOfTime extends Exception {
        private static final long serialVersionUID = 1L;
    }
}
