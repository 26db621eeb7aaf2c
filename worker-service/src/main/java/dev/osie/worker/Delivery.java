package dev.osie.worker;

import dev.osie.worker.action.Outcome;
import dev.osie.worker.console.Console;
import dev.osie.worker.retry.Backoff;
import dev.osie.worker.workflow.Execution;
import dev.osie.worker.workflow.Receipt;
import dev.osie.worker.workflow.Transport;
import java.time.Duration;

/** Brings an action's result to the server, however often that must be tried. */
final class Delivery {
    /** How long a worker that is to stop still tries. */
    private static final Duration LAST_REPORT = Duration.ofSeconds(5);

    private final Transport transport;
    private final MachineEnd end;
    private final Interrupts interrupts;
    private final Timing timing;
    private final Troubles troubles;
    private final Console console;

    Delivery(
            Transport transport,
            MachineEnd end,
            Interrupts interrupts,
            Timing timing,
            Troubles troubles,
            Console console) {
        this.transport = transport;
        this.end = end;
        this.interrupts = interrupts;
        this.timing = timing;
        this.troubles = troubles;
        this.console = console;
    }

    /**
     * Tries until the server takes the result or refuses it for good, or until there is no time left for it; false when it wasn't taken.
     *
     * @param took from start to end of the action
     */
    boolean deliver(Execution execution, Duration took, Outcome outcome) throws InterruptedException {
        interrupts.enterReporting();
        long start = System.nanoTime();
        try {
            Backoff again = timing.pause().another();
            while (true) {
                Receipt receipt = transport.report(execution, took, outcome);
                if (receipt instanceof Receipt.Accepted) {
                    return true;
                }
                if (receipt instanceof Receipt.Refused refused) {
                    console.line(execution.action() + ": the server refuses the result: " + refused.reason());
                    return false;
                }
                troubles.say(execution.action() + ": can't report the result: " + receipt.reason() + "; trying again");
                if (interrupts.isStoppingSince(LAST_REPORT)) {
                    return false;
                }
                if (System.nanoTime() - start > timing.lastWord().toNanos() && end.isAskedFor()) {
                    console.line(
                            execution.action() + ": the machine's end was asked for; waiting no longer for the server");
                    return false;
                }
                again.pause();
            }
        } finally {
            interrupts.leaveReporting();
        }
    }
}
