package dev.osie.build.yaml;

/**
 * A place in a document.
 *
 * @param document the file as the user named it, or what else the text came from
 * @param line counted from 1
 * @param column counted from 1
 */
public record Position(String document, int line, int column) {
    /** {@code file:line:column}. */
    @Override
    public String toString() {
        return document + ":" + line + ":" + column;
    }
}
