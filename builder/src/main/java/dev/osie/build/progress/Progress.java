package dev.osie.build.progress;

/**
 * What a running build says of itself. Implementations are safe for use by several threads; only the command line prints.
 */
public interface Progress {
    /** Says nothing. */
    Progress SILENT = new Progress() {
        @Override
        public Step start(String name, long totalBytes) {
            return new Step() {
                @Override
                public void advance(long bytes) {}

                @Override
                public void done(String summary) {}

                @Override
                public void close() {}
            };
        }

        @Override
        public void info(String line) {}

        @Override
        public void warn(String line) {}
    };

    /**
     * Begins a step that is shown until it is closed.
     *
     * @param name one word or two, such as {@code packages} or {@code pack}
     * @param totalBytes bytes the step will process; 0 when unknown
     */
    Step start(String name, long totalBytes);

    /** One line that stays on the screen. */
    void info(String line);

    /** One line that stays on the screen and that the user should act on. */
    void warn(String line);

    /** A running step. Closing it without {@link #done} marks it as failed. */
    interface Step extends AutoCloseable {
        /** Adds bytes to those processed so far. */
        void advance(long bytes);

        /** What it is at, where bytes tell little; for who watches, not for a record. */
        default void note(String state) {}

        /** Ends the step well; the summary takes the place of its live line. */
        void done(String summary);

        @Override
        void close();
    }
}
