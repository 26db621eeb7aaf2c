package dev.osie.worker.action;

/** Runs actions in containers. */
public interface ActionRuntime extends AutoCloseable {
    /**
     * Runs an action to its end. Whatever goes wrong is an outcome: no exception but the one below.
     *
     * @throws InterruptedException when the worker is to stop; the container is stopped and removed by then
     */
    Outcome run(Action action) throws InterruptedException;

    /** Lets go of what it runs them with. */
    @Override
    default void close() {}
}
