package dev.osie.worker.action;

/**
 * How an action ended.
 *
 * @param message what happened, for people
 */
public record Outcome(Result result, String message) {
    /** The three ends of an action. */
    public enum Result {
        SUCCESS,
        FAILED,
        TIMEOUT
    }

    public static Outcome success() {
        return new Outcome(Result.SUCCESS, "action completed");
    }

    public static Outcome failed(String message) {
        return new Outcome(Result.FAILED, message);
    }

    public static Outcome timeout(String message) {
        return new Outcome(Result.TIMEOUT, message);
    }
}
