package dev.osie.worker.settings;

import java.util.List;

/**
 * An agent that is to work in place of this one.
 *
 * @param image its image
 * @param environment {@code NAME=value}, what Hook gives an agent
 */
public record AgentImage(String image, List<String> environment) {
    public AgentImage {
        environment = List.copyOf(environment);
    }

    /** Without the environment, which may hold passwords. */
    @Override
    public String toString() {
        return image;
    }
}
