package dev.osie.worker.container;

import dev.osie.worker.action.Action;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** An action of the workflow lab/test for the worker w, made piece by piece. */
public final class TestAction {
    private final String image;
    private String id = "action-1";
    private String name = "step";
    private String agent = "w";
    private Optional<Duration> limit = Optional.empty();
    private List<String> command = List.of();
    private List<String> volumes = List.of();
    private List<String> environment = List.of();
    private String pid = "";
    private String network = "";

    private TestAction(String image) {
        this.image = image;
    }

    /** An action that runs the image's own command. */
    public static TestAction of(String image) {
        return new TestAction(image);
    }

    public TestAction id(String given) {
        id = given;
        return this;
    }

    public TestAction name(String given) {
        name = given;
        return this;
    }

    public TestAction agent(String given) {
        agent = given;
        return this;
    }

    public TestAction limit(Duration given) {
        limit = Optional.of(given);
        return this;
    }

    public TestAction command(String... given) {
        command = List.of(given);
        return this;
    }

    public TestAction shell(String script) {
        return command("sh", "-c", script);
    }

    public TestAction volumes(String... given) {
        volumes = List.of(given);
        return this;
    }

    public TestAction environment(String... given) {
        environment = List.of(given);
        return this;
    }

    public TestAction pid(String given) {
        pid = given;
        return this;
    }

    public TestAction network(String given) {
        network = given;
        return this;
    }

    public Action build() {
        return new Action(
                "lab/test", "task-1", agent, id, name, image, limit, command, volumes, environment, pid, network);
    }
}
