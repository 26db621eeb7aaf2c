package dev.osie.worker.workflow;

import java.time.Duration;

/**
 * How long a server may take to answer.
 *
 * @param question servers hold GetAction for up to 60 s before they say that there is nothing to do
 * @param report of a report
 */
public record CallLimits(Duration question, Duration report) {
    /** Those for real servers. */
    public static final CallLimits USUAL = new CallLimits(Duration.ofSeconds(75), Duration.ofSeconds(30));
}
