package dev.osie.build.yaml;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/** The text of a document, kept so that a message can show the line it is about. */
public final class SourceText {
    private final String name;
    private final String text;

    /**
     * A text.
     *
     * @param name the file as the user named it, or what else the text came from
     */
    public SourceText(String name, String text) {
        this.name = requireNonNull(name);
        this.text = requireNonNull(text);
    }

    /** A document whose text is not at hand. */
    static SourceText unknown(String name) {
        return new SourceText(name, "");
    }

    public String name() {
        return name;
    }

    /** A line without its end, counted from 1 as YAML counts them; nothing when there are not so many, or it is empty. */
    Optional<String> line(int number) {
        int start = 0;
        for (int line = 1; line < number; line++) {
            int end = endOfLine(start);
            if (end == text.length()) {
                return Optional.empty();
            }
            start = end + (text.startsWith("\r\n", end) ? 2 : 1);
        }
        return Optional.of(text.substring(start, endOfLine(start))).filter(found -> !found.isBlank());
    }

    private int endOfLine(int start) {
        int end = start;
        while (end < text.length() && !isLineBreak(text.charAt(end))) {
            end++;
        }
        return end;
    }

    /** YAML 1.1, section 5.4. */
    private static boolean isLineBreak(char character) {
        return switch (character) {
            case '\n', '\r', '\u0085', '\u2028', '\u2029' -> true;
            default -> false;
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
