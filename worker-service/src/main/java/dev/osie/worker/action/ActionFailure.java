package dev.osie.worker.action;

/** An action can't be run; the message says why, for people. */
public final class ActionFailure extends Exception {
    private static final long serialVersionUID = 1L;

    public ActionFailure(String message) {
        super(message);
    }

    public ActionFailure(String message, Throwable cause) {
        super(message + ": " + reason(cause), cause);
    }

    /** What an exception of the library says, without its wrapping: Docker's own words are in a JSON object after a status. */
    public static String reason(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null && deepest.getCause() != deepest) {
            deepest = deepest.getCause();
        }
        String text = deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
        int start = text.indexOf("{\"message\":\"");
        int end = text.lastIndexOf("\"}");
        if (start >= 0 && end > start) {
            text = text.substring(start + "{\"message\":\"".length(), end).replace("\\\"", "\"");
        }
        return text.strip();
    }
}
