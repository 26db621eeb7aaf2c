package dev.osie.worker.console;

/** Takes every line that is on the console as well. It never throws and never makes the caller wait for a network. */
public interface Journal extends AutoCloseable {
    /**
     * Takes a line.
     *
     * @param error whether a program wrote it to its standard error
     * @param line without control characters
     */
    void write(boolean error, String line);

    @Override
    void close();
}
