package dev.osie.build.debian;

import static dev.osie.build.failure.BuildException.badInput;

import java.util.regex.Pattern;

/**
 * A package's version, ordered as Debian policy §5.6.12 says: {@code [epoch:]upstream[-revision]}. Versions may compare as equal though
 * they are written differently ({@code 1.0} and {@code 0:1.0-0}); as records they equal only when they are written the same.
 *
 * @param text as the archive writes it
 */
public record DebianVersion(String text) implements Comparable<DebianVersion> {
    private static final Pattern FORM = Pattern.compile("(?:[0-9]{1,9}:[0-9A-Za-z.+~:-]+|[0-9A-Za-z.+~-]+)(?<!-)");

    public DebianVersion {
        if (!FORM.matcher(text).matches()) {
            throw badInput("'" + text + "' is not a version of a Debian package: expected [epoch:]version[-revision]");
        }
    }

    @Override
    public int compareTo(DebianVersion other) {
        int order = Integer.compare(epoch(), other.epoch());
        if (order == 0) {
            order = comparePart(upstream(), other.upstream());
        }
        return order != 0 ? order : comparePart(revision(), other.revision());
    }

    private int epoch() {
        int colon = text.indexOf(':');
        return colon < 0 ? 0 : Integer.parseInt(text.substring(0, colon));
    }

    private String upstream() {
        int dash = text.lastIndexOf('-');
        return text.substring(text.indexOf(':') + 1, dash < 0 ? text.length() : dash);
    }

    private String revision() {
        return text.lastIndexOf('-') < 0 ? "" : text.substring(text.lastIndexOf('-') + 1);
    }

    /** Compares turn by turn a run of other characters by {@link #weight}, and a run of digits as a number of any length. */
    private static int comparePart(String a, String b) {
        int i = 0;
        int j = 0;
        while (i < a.length() || j < b.length()) {
            while (isOther(a, i) || isOther(b, j)) {
                int order = Integer.compare(weight(a, i), weight(b, j));
                if (order != 0) {
                    return order;
                }
                i++;
                j++;
            }
            int endOfA = endOfDigits(a, i);
            int endOfB = endOfDigits(b, j);
            int order = compareNumbers(a.substring(i, endOfA), b.substring(j, endOfB));
            if (order != 0) {
                return order;
            }
            i = endOfA;
            j = endOfB;
        }
        return 0;
    }

    private static boolean isOther(String part, int index) {
        return index < part.length() && !isDigit(part.charAt(index));
    }

    /** Tilde sorts before the end of the part, letters before everything else. */
    private static int weight(String part, int index) {
        if (index >= part.length() || isDigit(part.charAt(index))) {
            return 0;
        }
        char c = part.charAt(index);
        if (c == '~') {
            return -1;
        }
        boolean letter = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
        return letter ? c : c + 256;
    }

    private static int endOfDigits(String part, int start) {
        int end = start;
        while (end < part.length() && isDigit(part.charAt(end))) {
            end++;
        }
        return end;
    }

    private static int compareNumbers(String a, String b) {
        String left = withoutLeadingZeros(a);
        String right = withoutLeadingZeros(b);
        int order = Integer.compare(left.length(), right.length());
        return order != 0 ? order : left.compareTo(right);
    }

    private static String withoutLeadingZeros(String digits) {
        int start = 0;
        while (start < digits.length() && digits.charAt(start) == '0') {
            start++;
        }
        return digits.substring(start);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    @Override
    public String toString() {
        return text;
    }
}
