package dev.osie.build.kernel;

/** The patterns in aliases of kernel modules, by the rules of {@code fnmatch(3)} without flags. */
public final class AliasPattern {
    private AliasPattern() {}

    /** Whether all of the text fits. It takes time in proportion to the product of the lengths, whatever the pattern. */
    public static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int resume = 0;
        while (t < text.length()) {
            int one = p < pattern.length() ? one(pattern, p, text.charAt(t)) : 0;
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = t;
            } else if (one > 0) {
                p += one;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    /** How many characters of the pattern at a place stand for the one character; 0 when they do not. */
    private static int one(String pattern, int at, char c) {
        if (pattern.charAt(at) != '[') {
            return pattern.charAt(at) == '?' || pattern.charAt(at) == c ? 1 : 0;
        }
        int end = pattern.indexOf(']', at + 1);
        return end > 0 && inClass(pattern.substring(at + 1, end), c) ? end + 1 - at : 0;
    }

    private static boolean inClass(String members, char c) {
        for (int i = 0; i < members.length(); i++) {
            boolean range = i + 2 < members.length() && members.charAt(i + 1) == '-';
            char last = range ? members.charAt(i + 2) : members.charAt(i);
            if (members.charAt(i) <= c && c <= last) {
                return true;
            }
            i += range ? 2 : 0;
        }
        return false;
    }
}
