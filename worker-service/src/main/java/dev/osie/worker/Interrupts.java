package dev.osie.worker;

import java.time.Duration;

/** The worker's thread, which whoever stops the worker may interrupt, but not while it reports a result. */
final class Interrupts {
    private Thread thread;
    private boolean reporting;
    private long stopNanos;
    private volatile boolean stopping;

    /** The calling thread is the worker's. */
    synchronized void begin() {
        thread = Thread.currentThread();
    }

    synchronized void stop() {
        stopping = true;
        stopNanos = System.nanoTime();
        if (thread != null && !reporting) {
            thread.interrupt();
        }
    }

    /** Whether the worker is to stop. */
    boolean isStopping() {
        return stopping;
    }

    /** Whether it is, and was told so at least this long ago. */
    synchronized boolean isStoppingSince(Duration time) {
        return stopping && System.nanoTime() - stopNanos > time.toNanos();
    }

    synchronized void enterReporting() {
        reporting = true;
        // A result that is there is reported, even by a worker that is to stop; an interrupt would end the call.
        Thread.interrupted();
    }

    synchronized void leaveReporting() {
        reporting = false;
    }
}
