package dev.osie.worker.container;

import dev.osie.worker.action.ActionFailure;
import dev.osie.worker.action.ActionLines;
import dev.osie.worker.action.Deadline;
import dev.osie.worker.action.Deadline.OutOfTime;
import java.util.OptionalInt;

/** The container of one action, from creation to removal. Its text is its name. */
public interface ActionContainer {
    /**
     * How a container is.
     *
     * @param running whether it runs, and can be gone on with
     * @param exitCode what it ended with; empty for one that runs, hasn't been started or is gone
     */
    record State(boolean running, OptionalInt exitCode) {
        public static final State RUNNING = new State(true, OptionalInt.empty());

        /** Of one that can only be removed. */
        public static final State OTHER = new State(false, OptionalInt.empty());

        public static State ended(int exitCode) {
            return new State(false, OptionalInt.of(exitCode));
        }
    }

    State state();

    /** The digest of the action that it was made for, as its labels have it. */
    String definition();

    /** Starts it; what it writes becomes lines. */
    void start(ActionLines lines) throws ActionFailure, InterruptedException;

    /** Listens to one that an earlier life of the worker started, from the first thing on that can still be had. */
    void goOn(ActionLines lines) throws ActionFailure, InterruptedException;

    /**
     * Waits until it has ended.
     *
     * @return its exit code; empty when the engine went away without saying
     */
    OptionalInt await(Deadline deadline) throws ActionFailure, OutOfTime, InterruptedException;

    /** Asks its process to end, and kills all of it some seconds later. */
    void stop();

    /** Takes what an ended one wrote last, and listens no longer. */
    void finish();

    /** Whether the kernel ended it for lack of memory, as far as the engine can tell. */
    boolean lackedMemory() throws ActionFailure;

    /** Takes everything of it away, and kills what runs. */
    void remove();
}
