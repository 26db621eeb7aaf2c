package dev.osie.worker.inventory;

/** Sizes as Tinkerbell's agent writes them: in the largest unit of 1024 that isn't larger, rounded up, such as {@code 16GB}. */
final class ByteSize {
    private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB", "PB", "EB"};

    private ByteSize() {}

    /** Empty for a size that isn't positive. */
    static String format(long bytes) {
        if (bytes <= 0) {
            return "";
        }
        int power = 0;
        while (power < UNITS.length - 1 && bytes >>> 10 * (power + 1) > 0) {
            power++;
        }
        long unit = 1L << 10 * power;
        return bytes / unit + (bytes % unit == 0 ? 0 : 1) + UNITS[power];
    }
}
