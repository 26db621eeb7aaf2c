package dev.osie.build.image;

import java.util.List;

/**
 * A pattern of paths in a tree: {@code *} and {@code ?} stand for characters of one component, {@code **} for any number of components.
 * A pattern that matches a directory matches all below it. It means the same on every host, and takes time of its length times the path's
 * at most, whatever it is.
 */
final class Glob {
    private static final String ANY_DEPTH = "**";

    private final String text;
    private final List<String> parts;

    Glob(String text) {
        this.text = text;
        this.parts = List.of(text.split("/"));
    }

    boolean matches(String path) {
        String[] names = path.split("/");
        // After each component of the path: which beginnings of the pattern match the path so far.
        boolean[] matched = new boolean[parts.size() + 1];
        matched[0] = true;
        skipAnyDepth(matched);
        for (String name : names) {
            boolean[] next = new boolean[matched.length];
            for (int i = 0; i < parts.size(); i++) {
                if (matched[i] && parts.get(i).equals(ANY_DEPTH)) {
                    next[i] = true;
                    next[i + 1] |= i + 1 == parts.size();
                } else if (matched[i] && matchesName(parts.get(i), name)) {
                    next[i + 1] = true;
                }
            }
            skipAnyDepth(next);
            if (next[parts.size()]) {
                return true; // the path itself, or a directory above it
            }
            matched = next;
        }
        return false;
    }

    /** {@code **} stands for no component, too; at the end of a pattern it wants one. */
    private void skipAnyDepth(boolean[] matched) {
        for (int i = 0; i < parts.size() - 1; i++) {
            if (matched[i] && parts.get(i).equals(ANY_DEPTH)) {
                matched[i + 1] = true;
            }
        }
    }

    /** Compares from the last {@code *} on when the characters differ, so no {@code *} is tried twice at one place. */
    private static boolean matchesName(String pattern, String name) {
        int p = 0;
        int n = 0;
        int star = -1;
        int restart = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                restart = n;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
                p++;
                n++;
            } else if (star >= 0) {
                p = star + 1;
                n = ++restart;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    @Override
    public String toString() {
        return text;
    }
}
