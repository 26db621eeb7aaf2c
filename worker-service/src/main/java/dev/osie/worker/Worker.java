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
import java.util.Optional;

/**
 * The worker's life: ask for an action, run it, report how it went, ask again, for as long as the machine is up.
 *
 * <p>Actions run at least once: one whose result the server has not taken is handed out and run again.
 */
final class Worker {
    /** A server that took this long to say that there is nothing was waiting for something: no pause is needed after it. */
    private static final Duration HELD = Duration.ofSeconds(5);

    private final Transport transport;
    private final ActionRuntime runtime;
    private final Console console;
    private final Timing timing;
    private final Backoff pause;
    private final Troubles troubles;
    private final Interrupts interrupts = new Interrupts();
    private final MachineEnd end;
    private final Delivery delivery;

    Worker(Transport transport, ActionRuntime runtime, PowerRequests power, Timing timing, Console console) {
        this.transport = transport;
        this.runtime = runtime;
        this.timing = timing;
        this.pause = timing.pause().another();
        this.console = console;
        this.troubles = new Troubles(console);
        this.end = new MachineEnd(power, timing.goingDown(), console);
        this.delivery = new Delivery(transport, end, interrupts, timing, troubles, console);
    }

    /** Works until {@link #stop} is called. */
    void run() {
        interrupts.begin();
        EndWatch watch = new EndWatch(end, interrupts, timing.look());
        watch.start();
        try {
            while (!interrupts.isStopping()) {
                try {
                    turn();
                } catch (RuntimeException e) {
                    // A fault of this program, or an answer that nobody thought of, must not leave the machine without
                    // an agent.
                    troubles.say("worker has a fault: " + e + "; going on");
                    pause.pause();
                }
            }
        } catch (InterruptedException e) {
            // The way stop() wakes a worker that waits.
        } finally {
            watch.interrupt();
        }
    }

    /**
     * Asks the worker to stop: at once when it waits or asks; after stopping and removing the container of a running action,
     * of which nothing is reported, so that the server hands it out again; after a few seconds when it has a result to report.
     */
    void stop() {
        interrupts.stop();
    }

    private void turn() throws InterruptedException {
        if (end.isDue()) {
            // Of a program that an action left behind; it may have cut the last question short.
            end.settle();
        }
        long asked = System.nanoTime();
        interrupts.enterAsking();
        Answer answer;
        boolean woken;
        try {
            answer = transport.next();
        } finally {
            woken = interrupts.leaveAsking();
        }
        if (interrupts.isStopping()) {
            return;
        }
        if (answer instanceof Answer.Work work) {
            troubles.over();
            if (perform(work.action())) {
                pause.reset();
                return;
            }
        } else if (woken) {
            return;
        } else if (answer instanceof Answer.Failure failure) {
            troubles.say("worker " + failure.reason() + "; trying again");
        } else if (answer instanceof Answer.Unknown unknown) {
            troubles.say(
                    "worker can't ask the server: it doesn't speak this protocol, and workflow_protocol allows no other: "
                            + unknown.reason());
        } else {
            troubles.idle();
            // One that came after its action's end, or whose action was reported by an earlier life of this program.
            end.settle();
            if (System.nanoTime() - asked > HELD.toNanos()) {
                pause.reset();
            }
        }
        pauseBetweenQuestions();
    }

    private void pauseBetweenQuestions() throws InterruptedException {
        interrupts.enterAsking();
        try {
            pause.pause();
        } catch (InterruptedException e) {
            if (interrupts.isStopping()) {
                throw e;
            }
        } finally {
            interrupts.leaveAsking();
        }
    }

    /** Runs an action; false when the server didn't take the reports. */
    private boolean perform(Action action) throws InterruptedException {
        Execution execution = new Execution(action, timing.clock());
        Receipt begun = transport.reportRunning(execution);
        if (!(begun instanceof Receipt.Accepted)) {
            // Not started: the server hands it out again.
            troubles.say(action + ": can't report the start: " + begun.reason());
            return false;
        }
        end.postpone();
        Outcome outcome = run(action);
        Duration took = execution.elapsed();
        String why = outcome.result() == Outcome.Result.SUCCESS ? "" : ": " + outcome.message();
        console.line(action + ": " + outcome.result() + " in " + ElapsedTime.format(took) + why);
        react(action, outcome);
        boolean delivered = delivery.deliver(execution, took, outcome);
        if (delivered || !interrupts.isStopping()) {
            end.settle();
        }
        return delivered;
    }

    /** Runs the command that the workflow has for an action that ended so; however that ends, the action's result stays. */
    private void react(Action action, Outcome outcome) {
        Optional<Action> reaction = action.reaction(outcome.result());
        if (reaction.isPresent()) {
            try {
                Outcome reacted = run(reaction.get());
                console.line(action + ": its command for " + outcome.result() + ": " + reacted.result() + ": "
                        + reacted.message());
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
}
