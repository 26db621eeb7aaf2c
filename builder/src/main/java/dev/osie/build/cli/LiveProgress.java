package dev.osie.build.cli;

import dev.osie.build.progress.Progress;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Shows each running step as a line that is redrawn in place: for terminals. */
final class LiveProgress implements Progress {
    private static final long REDRAW_NANOSECONDS = 100_000_000;
    /** A line that a terminal breaks in two could not be drawn over. */
    private static final int LONGEST_NOTE = 60;

    private static final String UP_ONE_LINE = "\033[1A";
    private static final String CLEAR_LINE = "\033[2K\r";

    private final PrintWriter out;
    private final List<RunningStep> running = new ArrayList<>();
    private int drawnLines;
    private long lastDrawn;

    LiveProgress(PrintWriter out) {
        this.out = out;
    }

    @Override
    public synchronized Step start(String name, long totalBytes) {
        RunningStep step = new RunningStep(name, totalBytes);
        running.add(step);
        redraw();
        return step;
    }

    @Override
    public void info(String line) {
        printAbove(line);
    }

    @Override
    public void warn(String line) {
        printAbove("warning: " + line);
    }

    private synchronized void printAbove(String line) {
        erase();
        out.println(line);
        draw();
    }

    private void redraw() {
        erase();
        draw();
    }

    private void erase() {
        out.print((CLEAR_LINE + UP_ONE_LINE).repeat(drawnLines) + (drawnLines > 0 ? CLEAR_LINE : ""));
        drawnLines = 0;
    }

    private void draw() {
        for (RunningStep step : running) {
            out.println(step.line.running());
        }
        out.flush();
        drawnLines = running.size();
        lastDrawn = System.nanoTime();
    }

    private final class RunningStep implements Step {
        private final StepLine line;

        RunningStep(String name, long totalBytes) {
            line = new StepLine(name, totalBytes);
        }

        @Override
        public void advance(long more) {
            synchronized (LiveProgress.this) {
                line.advance(more);
                if (System.nanoTime() - lastDrawn > REDRAW_NANOSECONDS) {
                    redraw();
                }
            }
        }

        @Override
        public void note(String state) {
            synchronized (LiveProgress.this) {
                line.note(state.length() > LONGEST_NOTE ? state.substring(0, LONGEST_NOTE) : state);
                if (System.nanoTime() - lastDrawn > REDRAW_NANOSECONDS) {
                    redraw();
                }
            }
        }

        @Override
        public void done(String summary) {
            synchronized (LiveProgress.this) {
                running.remove(this);
                printAbove(line.finished(summary));
            }
        }

        @Override
        public void close() {
            synchronized (LiveProgress.this) {
                if (running.remove(this)) {
                    redraw();
                }
            }
        }
    }
}
