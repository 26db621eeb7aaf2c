package dev.osie.build.cli;

import static dev.osie.build.failure.BuildException.badInput;

import java.util.Optional;

/** The variable SOURCE_DATE_EPOCH (reproducible-builds.org, "SOURCE_DATE_EPOCH specification"): seconds since 1970. */
final class SourceDateEpoch {
    private static final String VARIABLE = "SOURCE_DATE_EPOCH";
    /** The latest time that a cpio archive can hold. */
    private static final long LATEST = 0xffff_ffffL;

    private SourceDateEpoch() {}

    static Optional<Long> ofEnvironment() {
        return Optional.ofNullable(System.getenv(VARIABLE))
                .filter(text -> !text.isEmpty())
                .map(SourceDateEpoch::parse);
    }

    private static long parse(String text) {
        try {
            long seconds = Long.parseLong(text);
            if (seconds >= 0 && seconds <= LATEST) {
                return seconds;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw badInput(VARIABLE + " is '" + text + "': expected whole seconds since 1970, at most " + LATEST);
    }
}
