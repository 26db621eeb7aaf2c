package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.unavailable;

import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;

/** Sees to it that a build without a network has everything, and tells all that it lacks at once. */
final class Offline {
    /** Begins what is said when something of the lock isn't there. */
    static final String LACKING = "The network isn't to be used, and the store lacks";

    /** Begins what is said when no lock can be made. */
    static final String NO_LOCK = "There is no lock yet, and the store lacks";

    private final Optional<String> command;

    /** @param command that brings what is missing; empty when there is a network */
    Offline(Optional<String> command) {
        this.command = command;
    }

    /** One of two wordings. */
    String choose(String offline, String online) {
        return command.isPresent() ? offline : online;
    }

    /**
     * Fails when something is missing and cannot be had.
     *
     * @param problem begins the message, which goes on with what is missing
     * @param missing is not asked when there is a network
     */
    void require(String problem, Supplier<? extends Collection<String>> missing) {
        if (command.isEmpty()) {
            return;
        }
        Collection<String> all = missing.get();
        if (all.isEmpty()) {
            return;
        }
        StringBuilder message = new StringBuilder(problem + ":");
        all.forEach(item -> message.append("\n  ").append(item));
        throw unavailable(message.toString())
                .hint("Where there is a network: " + command.get()
                        + "\nTo bring it to a machine that has none: osie-build cache export and cache import");
    }
}
