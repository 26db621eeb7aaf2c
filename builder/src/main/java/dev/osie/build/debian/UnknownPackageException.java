package dev.osie.build.debian;

import dev.osie.build.failure.BuildException;
import java.util.Optional;

/** Somebody wants a package that no suite has. */
public final class UnknownPackageException extends BuildException {
    private static final long serialVersionUID = 1L;

    private final String asker;
    private final String name;
    private final String reason;

    UnknownPackageException(String asker, String name, String reason) {
        this(asker, name, reason, Optional.empty(), null);
    }

    private UnknownPackageException(String asker, String name, String reason, Optional<String> hint, Throwable cause) {
        super(Kind.BAD_INPUT, "'" + asker + "' wants the package '" + name + "', but " + reason, hint, cause);
        this.asker = asker;
        this.name = name;
        this.reason = reason;
    }

    /** Who wants it: the name of a set of packages. */
    public String asker() {
        return asker;
    }

    /** The package's name. */
    public String name() {
        return name;
    }

    /** What was looked through, and what is perhaps meant. */
    public String reason() {
        return reason;
    }

    @Override
    protected BuildException copy(Optional<String> otherHint, Throwable cause) {
        return new UnknownPackageException(asker, name, reason, otherHint, cause);
    }
}
