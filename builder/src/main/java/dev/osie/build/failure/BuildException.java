package dev.osie.build.failure;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * A failure whose reason a user can act on. The message says what was tried, what was found and what was expected; the hint, when
 * there is one, says how to mend it. Anything else that escapes a verb is a bug of ours and ends with exit code 1.
 */
public class BuildException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The class of a failure, which decides the exit code of the process. */
    public enum Kind {
        /** The command line or a document is wrong. */
        BAD_INPUT(2),
        /** An input cannot be had: network, mirror, registry, disk. */
        UNAVAILABLE(3),
        /** A digest, a signature or a validity date does not hold. */
        VERIFICATION(4),
        /** A program the verb is about is not installed. */
        MISSING_TOOL(5);

        private final int exitCode;

        Kind(int exitCode) {
            this.exitCode = exitCode;
        }

        public int exitCode() {
            return exitCode;
        }
    }

    private final Kind kind;
    private final String hint;

    /** A failure; a class that has more to say than a message overrides {@link #copy}. */
    protected BuildException(Kind kind, String message, Optional<String> hint, Throwable cause) {
        super(requireNonNull(message), cause);
        this.kind = requireNonNull(kind);
        this.hint = hint.orElse(null);
    }

    public static BuildException badInput(String message) {
        return new BuildException(Kind.BAD_INPUT, message, Optional.empty(), null);
    }

    public static BuildException unavailable(String message) {
        return new BuildException(Kind.UNAVAILABLE, message, Optional.empty(), null);
    }

    public static BuildException verification(String message) {
        return new BuildException(Kind.VERIFICATION, message, Optional.empty(), null);
    }

    public static BuildException missingTool(String message) {
        return new BuildException(Kind.MISSING_TOOL, message, Optional.empty(), null);
    }

    /** The same failure with a sentence that begins with "Perhaps" or names the command that mends it. */
    public BuildException hint(String newHint) {
        return with(copy(Optional.of(newHint), getCause()));
    }

    /** The same failure, with the place of what led to it in front: {@code lab.yaml:3:5}. */
    public BuildException at(String place) {
        return with(new BuildException(kind, place + ": " + getMessage(), hint(), getCause()));
    }

    /** The same failure with the exception that led to it. */
    public BuildException because(Throwable cause) {
        return with(copy(hint(), cause));
    }

    /** The same failure with another hint and cause, of the same class. */
    protected BuildException copy(Optional<String> otherHint, Throwable cause) {
        return new BuildException(kind, getMessage(), otherHint, cause);
    }

    private BuildException with(BuildException copy) {
        copy.setStackTrace(getStackTrace());
        return copy;
    }

    public Kind kind() {
        return kind;
    }

    public Optional<String> hint() {
        return Optional.ofNullable(hint);
    }
}
