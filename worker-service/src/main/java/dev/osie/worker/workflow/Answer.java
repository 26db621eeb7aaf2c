package dev.osie.worker.workflow;

import dev.osie.worker.action.Action;

/** What came of asking the server for the next action. */
public sealed interface Answer {
    /** There is something to do. */
    record Work(Action action) implements Answer {}

    /** The server has nothing to do for this worker, now or ever. */
    record Nothing() implements Answer {}

    /**
     * There was no answer.
     *
     * @param reason what the worker can't do and why, to be put after the word "worker"
     */
    record Failure(String reason) implements Answer {}

    /** The server doesn't know the question: it speaks another protocol, or is no workflow server. */
    record Unknown(String reason) implements Answer {}
}
