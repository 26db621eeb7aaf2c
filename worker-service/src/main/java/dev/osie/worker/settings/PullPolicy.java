package dev.osie.worker.settings;

/** When an action's image is pulled, in the words of {@code docker run --pull}. */
public enum PullPolicy {
    /** Each time; when that can't be done the image that is there is taken. */
    ALWAYS("always"),
    /** When there is none by that name. */
    MISSING("missing"),
    /** Never: the image has to be there. */
    NEVER("never");

    private final String word;

    PullPolicy(String word) {
        this.word = word;
    }

    /** As it is written in settings. */
    public String word() {
        return word;
    }
}
