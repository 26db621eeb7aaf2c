package dev.osie.build.http;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.failure.BuildException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** Tries again what fails with {@link BrokenTransfer}. */
public final class Retries {
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private final List<Duration> pauses;

    /** @param pauses how long to wait before each further try; a server may ask for more, up to a minute */
    public Retries(List<Duration> pauses) {
        this.pauses = List.copyOf(pauses);
    }

    /** Three tries, with pauses of one and four seconds. */
    public static Retries usual() {
        return new Retries(List.of(Duration.ofSeconds(1), Duration.ofSeconds(4)));
    }

    /**
     * Makes the attempt until it succeeds or has failed too often.
     *
     * @param what is attempted, as the part of a sentence that follows "Tried to"
     * @param hint what may help
     * @throws BuildException {@code UNAVAILABLE} after the last try
     */
    public <T> T run(String what, String hint, Supplier<T> attempt) {
        for (int tries = 1; ; tries++) {
            try {
                return attempt.get();
            } catch (BrokenTransfer e) {
                if (tries > pauses.size() || Thread.currentThread().isInterrupted()) {
                    throw unavailable("Tried to " + what + ", but " + e.getMessage() + " ("
                                    + (tries == 1 ? "1 try" : tries + " tries") + ").")
                            .hint(hint)
                            .because(e.getCause());
                }
                sleep(pause(pauses.get(tries - 1), e.pause()));
            }
        }
    }

    /** How long to wait: what the server asks for, within reason. */
    static Duration pause(Duration own, Duration asked) {
        Duration wanted = own.compareTo(asked) > 0 ? own : asked;
        return wanted.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wanted;
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("The transfer was interrupted.").because(e);
        }
    }
}
