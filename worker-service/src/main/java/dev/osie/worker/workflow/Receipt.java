package dev.osie.worker.workflow;

/** What came of a report. */
public sealed interface Receipt {
    /** Why the server didn't take it; empty when it did. */
    default String reason() {
        return "";
    }

    /** The server took it. */
    record Accepted() implements Receipt {}

    /** The server doesn't want it, and will not want it later. */
    record Refused(String reason) implements Receipt {}

    /** The server has not answered, or not for good: worth another try. */
    record Unanswered(String reason) implements Receipt {}
}
