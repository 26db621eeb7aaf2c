package dev.osie.worker.action;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One step of a workflow: a container to run to its end.
 *
 * @param workflow {@code <namespace>/<name>} of the workflow
 * @param task id of the task within the workflow
 * @param agent id of the agent that the action is for
 * @param id id of the action within the task
 * @param name what people call it
 * @param image reference of the container image
 * @param limit the time it may take from pulling the image to the end; empty for any
 * @param command replaces the image's command when not empty
 * @param volumes {@code source:target[:options]} as Docker takes them
 * @param environment {@code NAME=value}
 * @param pidNamespace PID namespace to share in Docker's notation; empty for its own
 * @param networkNamespace network in Docker's notation; empty for Docker's default
 * @param reactions commands to run in the same image after it has ended so; an empty one is none
 */
public record Action(
        String workflow,
        String task,
        String agent,
        String id,
        String name,
        String image,
        Optional<Duration> limit,
        List<String> command,
        List<String> volumes,
        List<String> environment,
        String pidNamespace,
        String networkNamespace,
        Map<Outcome.Result, List<String>> reactions) {

    public Action {
        command = List.copyOf(command);
        volumes = List.copyOf(volumes);
        environment = List.copyOf(environment);
        reactions = Map.copyOf(reactions);
    }

    /** An action that nothing follows. */
    public Action(
            String workflow,
            String task,
            String agent,
            String id,
            String name,
            String image,
            Optional<Duration> limit,
            List<String> command,
            List<String> volumes,
            List<String> environment,
            String pidNamespace,
            String networkNamespace) {
        this(
                workflow,
                task,
                agent,
                id,
                name,
                image,
                limit,
                command,
                volumes,
                environment,
                pidNamespace,
                networkNamespace,
                Map.of());
    }

    /** What is to be run after it has ended so. */
    public Optional<Action> reaction(Outcome.Result result) {
        List<String> reaction = reactions.getOrDefault(result, List.of());
        return reaction.isEmpty()
                ? Optional.empty()
                : Optional.of(new Action(
                        workflow,
                        task,
                        agent,
                        id,
                        name,
                        image,
                        limit,
                        reaction,
                        volumes,
                        environment,
                        pidNamespace,
                        networkNamespace));
    }

    /** Workflow and name, how messages call the action. The environment, which may hold secrets, is never shown. */
    @Override
    public String toString() {
        return workflow + " · " + name;
    }
}
