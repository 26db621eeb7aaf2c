package dev.osie.build.yaml;

import java.util.Collection;
import java.util.Optional;

/** Finds what somebody probably meant. */
public final class Suggestion {
    private static final int MAX_LENGTH = 200;

    private Suggestion() {}

    /** The candidate that differs least from what was written, if it differs by little. */
    public static Optional<String> closest(String written, Collection<String> candidates) {
        int limit = Math.max(1, written.length() / 3);
        String closest = null;
        int least = limit + 1;
        for (String candidate : candidates) {
            // Words of quite different lengths differ by at least as much; a hostile key may be megabytes long.
            if (written.length() <= MAX_LENGTH && Math.abs(candidate.length() - written.length()) <= limit) {
                int distance = distance(written, candidate);
                if (distance < least || distance == least && closest != null && candidate.compareTo(closest) < 0) {
                    closest = candidate;
                    least = distance;
                }
            }
        }
        return Optional.ofNullable(closest);
    }

    /** The number of characters to insert, remove, replace or swap with their neighbour (optimal string alignment). */
    private static int distance(String a, String b) {
        int[][] distance = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                distance[i][j] = i == 0 || j == 0 ? i + j : step(a, b, i, j, distance);
            }
        }
        return distance[a.length()][b.length()];
    }

    private static int step(String a, String b, int i, int j, int[][] distance) {
        int replace = distance[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int least = Math.min(replace, Math.min(distance[i - 1][j], distance[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(least, distance[i - 2][j - 2] + 1) : least;
    }
}
