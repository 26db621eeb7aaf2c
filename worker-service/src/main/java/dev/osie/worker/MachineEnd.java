package dev.osie.worker;

import dev.osie.worker.console.Console;
import dev.osie.worker.power.PowerRequests;
import java.time.Duration;

/**
 * When the machine ends because an action asked for it: not before the server knows how all went that ran here. A request that is there then
 * is passed on at once, and so is one that comes later, from a program that an action left behind, unless another action runs.
 */
final class MachineEnd {
    private final PowerRequests requests;
    private final Duration goingDown;
    private final Console console;

    /** Whether the server knows all. A worker that was just started can't tell. */
    private volatile boolean settled;

    MachineEnd(PowerRequests requests, Duration goingDown, Console console) {
        this.requests = requests;
        this.goingDown = goingDown;
        this.console = console;
    }

    boolean isAskedFor() {
        return requests.isPending();
    }

    /** Whether it is asked for and there is nothing to wait for. */
    boolean isDue() {
        return settled && requests.isPending();
    }

    /** An action begins, of whose end the server knows nothing. */
    void postpone() {
        settled = false;
    }

    /** The server knows all, or is waited for no longer: does what is asked for, if anything, and gives the machine time for it. */
    void settle() throws InterruptedException {
        if (requests.passOn()) {
            Thread.sleep(goingDown.toMillis());
            console.line("worker is still here " + goingDown.toMinutes() + " minutes later; going on");
        }
        // One that can't be passed on must not cut every question short.
        settled = !requests.isPending();
    }
}
