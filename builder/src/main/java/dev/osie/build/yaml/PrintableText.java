package dev.osie.build.yaml;

import java.util.Locale;

/** Makes text of unknown origin safe for a terminal, and tells how many columns it takes there. */
final class PrintableText {
    private static final int TAB = 4;

    private PrintableText() {}

    /** The text on one line, with escapes in the place of what a terminal would obey or not show. */
    static String of(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().forEach(character -> append(printable, character));
        return printable.toString();
    }

    /** A line of a document: as {@link #of}, but tabs are spaces. */
    static String ofLine(String text) {
        return of(text.replace("\t", " ".repeat(TAB)));
    }

    /** The text without its middle if it has more characters than the limit. */
    static String shortened(String text, int limit) {
        if (text.length() <= limit) {
            return text;
        }
        return text.substring(0, limit / 2) + " … " + text.substring(text.length() - limit / 2);
    }

    private static void append(StringBuilder printable, int character) {
        switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> printable.append(escape(character));
            default -> printable.appendCodePoint(character);
        }
    }

    private static String escape(int character) {
        return switch (character) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case 0 -> "\\0";
            default -> String.format(Locale.ROOT, character > 0xffff ? "\\U%08x" : "\\u%04x", character);
        };
    }

    /** The columns that printable text takes. */
    static int width(String printable) {
        return printable.codePoints().map(PrintableText::width).sum();
    }

    private static int width(int character) {
        int type = Character.getType(character);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return 0;
        }
        return isWide(character) ? 2 : 1;
    }

    /** What Unicode's East Asian Width (UAX 11) calls wide or fullwidth, in blocks. */
    private static boolean isWide(int character) {
        return character >= 0x1100 && character <= 0x115f
                || character >= 0x2e80 && character <= 0xa4cf && character != 0x303f
                || character >= 0xac00 && character <= 0xd7a3
                || character >= 0xf900 && character <= 0xfaff
                || character >= 0xfe30 && character <= 0xfe6f
                || character >= 0xff00 && character <= 0xff60
                || character >= 0xffe0 && character <= 0xffe6
                || character >= 0x1f300 && character <= 0x1faff
                || character >= 0x20000 && character <= 0x3fffd;
    }
}
