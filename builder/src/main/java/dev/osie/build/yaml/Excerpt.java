package dev.osie.build.yaml;

import java.util.Locale;
import java.util.Optional;

/** The line a position is in, with a row of carets under what stands there. */
final class Excerpt {
    /** Columns of the line that are shown, and of those before the position. */
    private static final int SHOWN = 100;

    private static final int BEFORE = 40;
    private static final int BYTE_ORDER_MARK = 0xfeff;
    private static final String CUT = "…";

    private Excerpt() {}

    /** Two lines; nothing when the document has no such line. */
    static Optional<String> of(Position position) {
        return position.source().line(position.line()).map(line -> of(line, position));
    }

    private static String of(String line, Position position) {
        int start = indexOf(line, 0, position.column() - 1);
        int end = indexOf(line, start, Math.max(1, position.width()));
        int from = line.length() <= SHOWN ? 0 : Math.max(0, start - BEFORE);
        int to = Math.min(line.length(), from + SHOWN);
        // A cut must not split a pair of surrogates: half of one is no character.
        from = boundary(line, from);
        to = boundary(line, to);
        end = Math.min(end, to);
        String before = (from > 0 ? CUT : "") + PrintableText.ofLine(line.substring(from, start));
        String token = PrintableText.ofLine(line.substring(start, end).stripTrailing());
        String after = PrintableText.ofLine(line.substring(end, to)) + (to < line.length() ? CUT : "");
        String shown = (before + PrintableText.ofLine(line.substring(start, end)) + after).stripTrailing();
        String carets = "^".repeat(Math.max(1, PrintableText.width(token)));
        return String.format(Locale.ROOT, "%5d | %s%n", position.line(), shown).replace(System.lineSeparator(), "\n")
                + "      | " + " ".repeat(PrintableText.width(before)) + carets;
    }

    /** The index after a number of characters, which YAML counts without byte order marks. */
    private static int indexOf(String line, int start, int characters) {
        int index = start;
        for (int counted = 0; counted < characters && index < line.length(); ) {
            int character = line.codePointAt(index);
            index += Character.charCount(character);
            counted += character == BYTE_ORDER_MARK ? 0 : 1;
        }
        return index;
    }

    private static int boundary(String line, int index) {
        boolean inside = index > 0
                && index < line.length()
                && Character.isLowSurrogate(line.charAt(index))
                && Character.isHighSurrogate(line.charAt(index - 1));
        return inside ? index - 1 : index;
    }
}
