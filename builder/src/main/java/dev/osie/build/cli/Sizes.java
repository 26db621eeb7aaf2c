package dev.osie.build.cli;

import java.util.Locale;

/** Sizes and durations as people read them. */
final class Sizes {
    private Sizes() {}

    /** In decimal units, with three significant digits at most: {@code 12.1 MB}. */
    static String bytes(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        double value = bytes;
        String unit = "B";
        for (String next : new String[] {"kB", "MB", "GB", "TB"}) {
            if (value < 999.5) {
                break;
            }
            value /= 1000;
            unit = next;
        }
        return String.format(Locale.ROOT, value < 99.95 ? "%.1f %s" : "%.0f %s", value, unit);
    }

    /** {@code 0.4 s}, {@code 48 s}, {@code 2 min 5 s}. */
    static String seconds(long nanoseconds) {
        double seconds = nanoseconds / 1e9;
        if (seconds < 9.95) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < 120 ? whole + " s" : whole / 60 + " min " + whole % 60 + " s";
    }
}
