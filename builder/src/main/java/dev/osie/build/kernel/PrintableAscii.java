package dev.osie.build.kernel;

import static dev.osie.build.failure.BuildException.badInput;

/**
 * What names, patterns and paths of kernels consist of. Line breaks in them would forge lines of the text indexes, and the binary
 * indexes have no place for other characters.
 */
final class PrintableAscii {
    private PrintableAscii() {}

    /**
     * Returns the text.
     *
     * @param where the text comes from, for the message
     */
    static String require(String text, String where) {
        if (text.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw badInput(where + " contains a character that is not printable ASCII: '"
                    + text.replaceAll("[^ -~]", "?") + "'");
        }
        return text;
    }
}
