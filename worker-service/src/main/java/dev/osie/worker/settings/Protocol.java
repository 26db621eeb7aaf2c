package dev.osie.worker.settings;

/** How to speak with the workflow server. */
public enum Protocol {
    /** As the server does. */
    AUTO("auto"),
    /** Current servers: GetAction. */
    ACTION("action"),
    /** Older servers: GetWorkflowContexts. */
    STREAM("stream");

    private final String word;

    Protocol(String word) {
        this.word = word;
    }

    /** As it is written in settings. */
    public String word() {
        return word;
    }
}
