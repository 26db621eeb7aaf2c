package dev.osie.worker;

import java.time.Duration;

/** Looks again and again whether the machine's end is due while the worker asks for work: a server may hold a question for a minute. */
final class EndWatch extends Thread {
    private final MachineEnd end;
    private final Interrupts worker;
    private final Duration interval;

    EndWatch(MachineEnd end, Interrupts worker, Duration interval) {
        super("watch");
        setDaemon(true);
        this.end = end;
        this.worker = worker;
        this.interval = interval;
    }

    @Override
    public void run() {
        try {
            while (true) {
                worker.awaitAsking();
                Thread.sleep(interval.toMillis());
                worker.wakeFor(end);
            }
        } catch (InterruptedException e) {
            // The worker has ended.
        }
    }
}
