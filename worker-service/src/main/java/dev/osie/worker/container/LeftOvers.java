package dev.osie.worker.container;

import dev.osie.worker.action.Action;
import dev.osie.worker.action.ActionFailure;
import dev.osie.worker.action.ActionLabels;
import dev.osie.worker.console.Console;
import java.util.Optional;

/**
 * The containers that an earlier life of this worker left, found by their labels. That of the very action which is to be run now is
 * taken over while it runs, so that nothing is done twice at a time, and when it has succeeded meanwhile, as its work is done.
 * All others are in the way of nobody but of the machine's memory, and are removed.
 */
final class LeftOvers {
    private final ContainerEngine engine;
    private final boolean keepFailed;
    private final Console console;

    /** @param keepFailed whether those that failed are to stay */
    LeftOvers(ContainerEngine engine, boolean keepFailed, Console console) {
        this.engine = engine;
        this.keepFailed = keepFailed;
        this.console = console;
    }

    /** Tidies up, and hands over the container that does the action's work or has done it. */
    Optional<ActionContainer> claim(Action action) {
        Optional<ActionContainer> claimed = Optional.empty();
        String definition = ActionLabels.of(action).get(ActionLabels.DEFINITION);
        for (ActionContainer left : engine.leftOvers(action.agent())) {
            try {
                ActionContainer.State state = left.state();
                boolean success = state.exitCode().orElse(-1) == 0;
                boolean failure = state.exitCode().isPresent() && !success;
                if (claimed.isEmpty() && left.definition().equals(definition) && (state.running() || success)) {
                    claimed = Optional.of(left);
                } else if (!keepFailed || !failure) {
                    console.line("worker removes a container of its earlier life: " + left);
                    left.stop();
                    left.finish();
                    left.remove();
                }
            } catch (RuntimeException e) {
                console.line("worker can't remove a container of its earlier life, " + left + ": "
                        + ActionFailure.reason(e));
            }
        }
        return claimed;
    }
}
