package dev.osie.build.debian;

import dev.osie.build.failure.BuildException;
import java.util.List;
import java.util.Optional;

/** What is wanted cannot be had together; perhaps another version of a package would help. */
final class Contradiction extends BuildException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> names;
    private final String reason;

    /**
     * A contradiction.
     *
     * @param names of packages whose other versions may help, the likeliest first
     * @param reason why one of them has to move, in a few words
     */
    Contradiction(BuildException failure, List<String> names, String reason) {
        this(failure.getMessage(), failure.hint(), failure.getCause(), names, reason);
    }

    private Contradiction(String message, Optional<String> hint, Throwable cause, List<String> names, String reason) {
        super(Kind.BAD_INPUT, message, hint, cause);
        this.names = List.copyOf(names);
        this.reason = reason;
    }

    @Override
    protected BuildException copy(Optional<String> otherHint, Throwable cause) {
        return new Contradiction(getMessage(), otherHint, cause, names, reason);
    }

    List<String> names() {
        return names;
    }

    String reason() {
        return reason;
    }
}
