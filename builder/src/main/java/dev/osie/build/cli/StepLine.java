package dev.osie.build.cli;

/**
 * How a step reads on the screen: its name in a column of its own, and what it processed.
 */
final class StepLine {
    private final String name;
    private final long totalBytes;
    private final long started = System.nanoTime();
    private long bytes;
    private String note = "";

    /** @param totalBytes that the step will process; 0 when unknown */
    StepLine(String name, long totalBytes) {
        this.name = name;
        this.totalBytes = totalBytes;
    }

    void advance(long more) {
        bytes += more;
    }

    void note(String state) {
        note = state;
    }

    String running() {
        if (!note.isEmpty()) {
            return column(note);
        }
        if (bytes == 0) {
            return column("…");
        }
        String amount = totalBytes > 0 ? Sizes.bytes(bytes) + " of " + Sizes.bytes(totalBytes) : Sizes.bytes(bytes);
        return column(amount + "   " + rate());
    }

    String finished(String summary) {
        return column(bytes == 0 ? summary : Sizes.bytes(bytes) + "   " + rate() + "   " + summary);
    }

    private String rate() {
        long nanoseconds = Math.max(1, System.nanoTime() - started);
        return Sizes.bytes((long) (bytes * 1e9 / nanoseconds)) + "/s";
    }

    private String column(String rest) {
        return String.format("  %-10s %s", name, rest);
    }
}
