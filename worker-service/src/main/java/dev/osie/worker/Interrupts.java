package dev.osie.worker;

import java.time.Duration;

/**
 * The worker's thread, and who may interrupt it when. Whoever stops the worker may, but not while it reports a result; who wakes it may only
 * while it asks for work or waits to ask again, when nothing is lost by it.
 */
final class Interrupts {
    private Thread thread;
    private boolean asking;
    private boolean woken;
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

    synchronized void enterAsking() {
        asking = true;
        notifyAll();
    }

    /** Says whether the thread was woken meanwhile; an interrupt that is left is a stop's. */
    synchronized boolean leaveAsking() {
        asking = false;
        boolean was = woken;
        woken = false;
        if (was && !stopping) {
            Thread.interrupted();
        }
        return was;
    }

    synchronized void awaitAsking() throws InterruptedException {
        while (!asking) {
            wait();
        }
    }

    /** Has what the thread asks fail, or its pause end, if it does either because nothing is to be done. */
    synchronized void wakeFor(MachineEnd end) {
        if (asking && !woken && end.isDue()) {
            woken = true;
            thread.interrupt();
        }
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
