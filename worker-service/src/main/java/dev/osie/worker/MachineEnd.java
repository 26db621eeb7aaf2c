package dev.osie.worker;

import dev.osie.worker.console.Console;
import dev.osie.worker.power.PowerRequests;
import java.time.Duration;

/** When the machine ends because an action asked for it: not before the server knows how all went that ran here. */
final class MachineEnd {
    private final PowerRequests requests;
    private final Duration goingDown;
    private final Console console;

    MachineEnd(PowerRequests requests, Duration goingDown, Console console) {
        this.requests = requests;
        this.goingDown = goingDown;
        this.console = console;
    }

    boolean isAskedFor() {
        return requests.isPending();
    }

    /** The server knows all: does what is asked for, if anything, and gives the machine time for it, in which no action is begun. */
    void settle() throws InterruptedException {
        if (requests.passOn()) {
            Thread.sleep(goingDown.toMillis());
            console.line("worker is still here " + goingDown.toMinutes() + " minutes later; going on");
        }
    }
}
