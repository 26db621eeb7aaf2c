package dev.osie.build.yaml;

/**
 * A place in a document.
 *
 * @param source the document
 * @param line counted from 1; 0 for the document as a whole
 * @param column counted from 1, in characters
 * @param width of what stands there, in characters; it may go on in the next lines
 */
public record Position(SourceText source, int line, int column, int width) {
    /**
     * A place in a document whose text is not at hand.
     *
     * @param document the file as the user named it, or what else the text came from
     */
    public Position(String document, int line, int column) {
        this(SourceText.unknown(document), line, column, 1);
    }

    /** The whole of a document. */
    public static Position whole(String document) {
        return new Position(document, 0, 0);
    }

    /** What the document is called. */
    public String document() {
        return source.name();
    }

    /** {@code file:line:column}, or the file alone. */
    @Override
    public String toString() {
        return line == 0 ? document() : document() + ":" + line + ":" + column;
    }
}
