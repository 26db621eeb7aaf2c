package dev.osie.worker.console;

import java.time.Duration;

/** Durations for people: {@code 0.4 s}, {@code 12 s}, {@code 1 min 2 s}, {@code 2 h 5 min}. */
public final class ElapsedTime {
    private ElapsedTime() {}

    public static String format(Duration duration) {
        long tenths = Math.max(0, duration.toMillis() / 100);
        long seconds = tenths / 10;
        if (seconds < 10) {
            return seconds + "." + tenths % 10 + " s";
        }
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min " + seconds % 60 + " s";
        }
        return seconds / 3600 + " h " + seconds / 60 % 60 + " min";
    }
}
