package dev.osie.build.spec;

import dev.osie.build.yaml.Position;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * When a service is started, when it counts as ready, and what happens when it ends.
 *
 * @param after the services that must be ready first
 * @param ready absent for a service that is ready as soon as it runs
 */
public record Supervision(List<Predecessor> after, Optional<Readiness> ready, Restart restart) {
    /** A service of which {@code osie:} says nothing. */
    static final Supervision NONE = new Supervision(List.of(), Optional.empty(), Restart.ALWAYS);

    public Supervision {
        after = List.copyOf(after);
    }

    /** The name of a service that is started earlier. */
    public record Predecessor(String name, Position position) {}

    /** What happens to a service that has ended. */
    public enum Restart {
        ALWAYS("always"),
        ON_FAILURE("on-failure"),
        NEVER("never");

        private final String word;

        Restart(String word) {
            this.word = word;
        }

        /** The word of documents. */
        @Override
        public String toString() {
            return word;
        }
    }

    /**
     * How to find out that a service does its work.
     *
     * @param timeout after which the machine's owner is told, and services that come after this one are started all the same
     * @param interval between two looks
     */
    public record Readiness(Probe probe, Duration timeout, Duration interval) {}

    /** One look, from the machine and not from inside the container, except for {@link Exec}. */
    public sealed interface Probe {}

    /** Ready when the path has been made or changed since the service was started. */
    public record PathMade(String path) implements Probe {}

    /** Ready when a command in the container ends with status 0. */
    public record Exec(List<String> command) implements Probe {}

    /** Ready when a connection is accepted. */
    public record Tcp(String host, int port) implements Probe {}

    /** Ready when a request is answered with a status that means success. */
    public record Http(String url) implements Probe {}
}
