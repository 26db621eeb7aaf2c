package dev.osie.build.cli;

import dev.osie.build.progress.Progress;
import java.io.PrintWriter;

/** Shows each finished step as a line: for pipes, files and continuous integration. */
final class PlainProgress implements Progress {
    /** So often a log shows that something goes on. */
    private static final long NOTE_NANOSECONDS = 30_000_000_000L;

    private final PrintWriter out;

    PlainProgress(PrintWriter out) {
        this.out = out;
    }

    @Override
    public Step start(String name, long totalBytes) {
        StepLine line = new StepLine(name, totalBytes);
        return new Step() {
            private long lastNote = System.nanoTime();

            @Override
            public void note(String state) {
                synchronized (line) {
                    if (System.nanoTime() - lastNote > NOTE_NANOSECONDS) {
                        lastNote = System.nanoTime();
                        line.note(state);
                        print(line.running());
                    }
                }
            }

            @Override
            public void advance(long bytes) {
                synchronized (line) {
                    line.advance(bytes);
                }
            }

            @Override
            public void done(String summary) {
                synchronized (line) {
                    print(line.finished(summary));
                }
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void info(String line) {
        print(line);
    }

    @Override
    public void warn(String line) {
        print("warning: " + line);
    }

    private synchronized void print(String line) {
        out.println(line);
        out.flush();
    }
}
