package dev.osie.worker.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Container;
import dev.osie.worker.action.Action;
import dev.osie.worker.action.ActionFailure;
import dev.osie.worker.action.ActionLabels;
import dev.osie.worker.console.Console;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The containers that an earlier life of this worker left, found by their labels. That of the very action which is to be run now is
 * taken over while it runs, so that nothing is done twice at a time, and when it has succeeded meanwhile, as its work is done.
 * All others are in the way of nobody but of the machine's memory, and are removed.
 */
final class LeftOvers {
    private final DockerClient docker;
    private final boolean keepFailed;
    private final Console console;

    /** @param keepFailed whether those that failed are to stay */
    LeftOvers(DockerClient docker, boolean keepFailed, Console console) {
        this.docker = docker;
        this.keepFailed = keepFailed;
        this.console = console;
    }

    /** Tidies up, and hands over the container that does the action's work or has done it. */
    Optional<ActionContainer> claim(Action action) {
        Optional<ActionContainer> claimed = Optional.empty();
        List<Container> left = docker.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(Map.of(ActionLabels.WORKER, action.agent()))
                .exec();
        String definition = ActionLabels.of(action).get(ActionLabels.DEFINITION);
        for (Container each : left) {
            boolean same = definition.equals(each.getLabels().get(ActionLabels.DEFINITION));
            try {
                ActionContainer container = ActionContainer.existing(docker, each.getId());
                if (same && claimed.isEmpty() && isOfUse(each, container)) {
                    claimed = Optional.of(container);
                } else if (!keepFailed || !hasFailed(each, container)) {
                    console.line("worker removes a container of its earlier life: " + name(each));
                    container.stop();
                    container.remove();
                }
            } catch (ActionFailure | RuntimeException e) {
                console.line("worker can't remove a container of its earlier life, " + name(each) + ": "
                        + ActionFailure.reason(e));
            }
        }
        return claimed;
    }

    private static boolean isOfUse(Container listed, ActionContainer container) throws ActionFailure {
        return "running".equals(listed.getState()) || ("exited".equals(listed.getState()) && container.exitCode() == 0);
    }

    private static boolean hasFailed(Container listed, ActionContainer container) throws ActionFailure {
        return "exited".equals(listed.getState()) && container.exitCode() != 0;
    }

    private static String name(Container container) {
        String[] names = container.getNames();
        return names == null || names.length == 0 ? container.getId() : names[0].substring(names[0].indexOf('/') + 1);
    }
}
