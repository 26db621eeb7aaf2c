package dev.osie.worker;

import dev.osie.worker.action.Action;
import dev.osie.worker.action.ActionRuntime;
import dev.osie.worker.action.Outcome;
import dev.osie.worker.console.Console;
import dev.osie.worker.console.ElapsedTime;
import dev.osie.worker.power.PowerRequests;
import dev.osie.worker.retry.Backoff;
import dev.osie.worker.workflow.Answer;
import dev.osie.worker.workflow.Execution;
import dev.osie.worker.workflow.Receipt;
import dev.osie.worker.workflow.Transport;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The worker's life: ask for an action, run it, report how it went, ask again, for as long as the machine is up.
 *
 * <p>Actions run at least once: one whose result the server has not taken is handed out and run again.
 */
final class Worker {
    /** A server that took this long to say that there is nothing was waiting for something: no pause is needed after it. */
    private static final Duration HELD = Duration.ofSeconds(5);

    /** How long a worker that is to stop still tries to deliver a result. */
    private static final Duration LAST_REPORT = Duration.ofSeconds(5);

    /** How long a machine whose end an action asked for waits for a server that doesn't take the action's result. */
    private static final Duration LAST_WORD = Duration.ofMinutes(10);

    /** How long the machine's end may take once it was asked for. */
    private static final Duration GOING_DOWN = Duration.ofMinutes(2);

    private static final String IDLE = "worker has nothing to do; asking on";

    /** Most different troubles that are told in a row. */
    private static final int TROUBLES = 8;

    private final Transport transport;
    private final ActionRuntime runtime;
    private final PowerRequests power;
    private final Console console;
    private final Timing timing;
    private final Backoff pause;
    private final Set<String> said = new HashSet<>();

    private final Object lock = new Object();
    private Thread thread;
    private boolean reporting;
    private long stopNanos;
    private volatile boolean stopping;

    Worker(Transport transport, ActionRuntime runtime, PowerRequests power, Timing timing, Console console) {
        this.transport = transport;
        this.runtime = runtime;
        this.power = power;
        this.timing = timing;
        this.pause = timing.pause().another();
        this.console = console;
    }

    /** Works until {@link #stop} is called. */
    void run() {
        synchronized (lock) {
            thread = Thread.currentThread();
        }
        try {
            while (!stopping) {
                try {
                    turn();
                } catch (RuntimeException e) {
                    // A fault of this program, or an answer that nobody thought of, must not leave the machine without
                    // an agent.
                    sayOnce("worker has a fault: " + e + "; going on");
                    pause.pause();
                }
            }
        } catch (InterruptedException e) {
            // The way stop() wakes a worker that waits.
        }
    }

    /**
     * Asks the worker to stop: at once when it waits or asks; after stopping and removing the container of a running action,
     * of which nothing is reported, so that the server hands it out again; after a few seconds when it has a result to report.
     */
    void stop() {
        synchronized (lock) {
            stopping = true;
            stopNanos = System.nanoTime();
            if (thread != null && !reporting) {
                thread.interrupt();
            }
        }
    }

    private void turn() throws InterruptedException {
        long asked = System.nanoTime();
        Answer answer = transport.next();
        if (stopping) {
            return;
        }
        if (answer instanceof Answer.Work work) {
            said.clear();
            if (perform(work.action())) {
                pause.reset();
                return;
            }
        } else if (answer instanceof Answer.Failure failure) {
            sayOnce("worker " + failure.reason() + "; trying again");
        } else if (answer instanceof Answer.Unknown unknown) {
            sayOnce(
                    "worker can't ask the server: it doesn't speak this protocol, and workflow_protocol allows no other: "
                            + unknown.reason());
        } else {
            sayIdle();
            // One that came after its action's end, or whose action was reported by an earlier life of this program.
            endMachine();
            if (System.nanoTime() - asked > HELD.toNanos()) {
                pause.reset();
            }
        }
        pause.pause();
    }

    /** Runs an action; false when the server didn't take the reports. */
    private boolean perform(Action action) throws InterruptedException {
        Execution execution = new Execution(action, timing.clock());
        Receipt begun = transport.reportRunning(execution);
        if (!(begun instanceof Receipt.Accepted)) {
            // Not started: the server hands it out again.
            sayOnce(action + ": can't report the start: " + reason(begun));
            return false;
        }
        Outcome outcome = run(action);
        Duration took = execution.elapsed();
        String why = outcome.result() == Outcome.Result.SUCCESS ? "" : ": " + outcome.message();
        console.line(action + ": " + outcome.result() + " in " + ElapsedTime.format(took) + why);
        react(action, outcome);
        boolean delivered = deliver(execution, took, outcome);
        if (delivered || !stopping) {
            endMachine();
        }
        return delivered;
    }

    /** Does what an action asked for, if it did, and gives the machine time for it, in which no other action is begun. */
    private void endMachine() throws InterruptedException {
        if (power.passOn()) {
            Thread.sleep(GOING_DOWN.toMillis());
            console.line("worker is still here " + GOING_DOWN.toMinutes() + " minutes later; going on");
        }
    }

    /** Runs the command that the workflow has for an action that ended so; however that ends, the action's result stays. */
    private void react(Action action, Outcome outcome) {
        Optional<Action> reaction = action.reaction(outcome.result());
        if (reaction.isPresent()) {
            try {
                Outcome end = run(reaction.get());
                console.line(
                        action + ": its command for " + outcome.result() + ": " + end.result() + ": " + end.message());
            } catch (InterruptedException e) {
                // The worker is to stop; the result of the action is there and is reported first.
            }
        }
    }

    private Outcome run(Action action) throws InterruptedException {
        try {
            return runtime.run(action);
        } catch (RuntimeException | LinkageError e) {
            // A fault of this program must not leave the machine without an agent, nor the server without a result.
            return Outcome.failed("fault of the worker: " + e);
        }
    }

    private boolean deliver(Execution execution, Duration took, Outcome outcome) throws InterruptedException {
        enterReporting();
        long start = System.nanoTime();
        try {
            Backoff again = timing.pause().another();
            while (true) {
                Receipt receipt = transport.report(execution, took, outcome);
                if (receipt instanceof Receipt.Accepted) {
                    return true;
                }
                if (receipt instanceof Receipt.Refused) {
                    console.line(execution.action() + ": the server refuses the result: " + reason(receipt));
                    return false;
                }
                sayOnce(execution.action() + ": can't report the result: " + reason(receipt) + "; trying again");
                if (stopping && System.nanoTime() - stopNanos > LAST_REPORT.toNanos()) {
                    return false;
                }
                if (System.nanoTime() - start > LAST_WORD.toNanos() && power.isPending()) {
                    console.line(
                            execution.action() + ": the machine's end was asked for; waiting no longer for the server");
                    return false;
                }
                again.pause();
            }
        } finally {
            leaveReporting();
        }
    }

    private void enterReporting() {
        synchronized (lock) {
            reporting = true;
            // A result that is there is reported, even by a worker that is to stop; an interrupt would end the call.
            Thread.interrupted();
        }
    }

    private void leaveReporting() {
        synchronized (lock) {
            reporting = false;
        }
    }

    private static String reason(Receipt receipt) {
        if (receipt instanceof Receipt.Refused refused) {
            return refused.reason();
        }
        return receipt instanceof Receipt.Unanswered unanswered ? unanswered.reason() : "";
    }

    /**
     * Says a trouble unless that was said since the last time that all was well: a server that is away for an hour is one line, not a
     * thousand, and a network that fails in two ways by turns is two.
     */
    private void sayOnce(String line) {
        said.remove(IDLE);
        if (said.size() < TROUBLES && said.add(line)) {
            console.line(line);
        }
    }

    private void sayIdle() {
        if (!said.contains(IDLE)) {
            said.clear();
            said.add(IDLE);
            console.line(IDLE);
        }
    }
}
