package dev.osie.worker.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.LogConfig.LoggingType;
import com.github.dockerjava.api.model.Volume;
import com.github.dockerjava.api.model.WaitResponse;
import dev.osie.worker.action.Action;
import dev.osie.worker.action.ActionFailure;
import dev.osie.worker.action.ActionLabels;
import dev.osie.worker.action.ActionLines;
import dev.osie.worker.action.Deadline;
import dev.osie.worker.action.Deadline.OutOfTime;
import dev.osie.worker.container.ActionContainer;
import dev.osie.worker.image.ImageReference;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A container in Docker. */
final class DockerContainer implements ActionContainer {
    private static final int STOP_GRACE_SECONDS = 5;
    private static final long ATTACH_MILLIS = 120_000;
    private static final long LAST_OUTPUT_MILLIS = 5_000;

    /** Docker's own copy, which lies in memory. Its default may be the syslog server, which gets these lines from the worker. */
    static final LogConfig LOG = new LogConfig(LoggingType.JSON_FILE, Map.of("max-size", "1m"));

    private final DockerClient docker;
    private final String id;
    private final String name;
    private final String definition;
    private Optional<ActionOutput> output = Optional.empty();

    private DockerContainer(DockerClient docker, String id, String name, String definition) {
        this.docker = docker;
        this.id = id;
        this.name = name;
        this.definition = definition;
    }

    /** One that Docker lists. */
    static DockerContainer listed(DockerClient docker, Container there) {
        String[] names = there.getNames();
        return new DockerContainer(
                docker,
                there.getId(),
                names == null || names.length == 0 ? there.getId() : names[0].substring(names[0].indexOf('/') + 1),
                there.getLabels().getOrDefault(ActionLabels.DEFINITION, ""));
    }

    /** Another one than an action's. */
    static DockerContainer of(DockerClient docker, String id) {
        return new DockerContainer(docker, id, id, "");
    }

    /** Creates the action's container, after removing what a worker that was killed has left under the same name. */
    static DockerContainer create(DockerClient docker, Action action, ImageReference image) {
        String name = name(action);
        remove(docker, name);
        HostConfig host = HostConfig.newHostConfig()
                .withPrivileged(true)
                .withLogConfig(LOG)
                .withBinds(action.volumes().stream().map(GivenBind::new).toArray(Bind[]::new));
        if (!action.pidNamespace().isEmpty()) {
            host.withPidMode(action.pidNamespace());
        }
        if (!action.networkNamespace().isEmpty()) {
            host.withNetworkMode(action.networkNamespace());
        }
        Map<String, String> labels = ActionLabels.of(action);
        CreateContainerCmd command = docker.createContainerCmd(image.pullable())
                .withName(name)
                .withLabels(labels)
                .withEnv(action.environment())
                .withHostConfig(host);
        if (!action.command().isEmpty()) {
            command.withCmd(action.command());
        }
        return new DockerContainer(docker, command.exec().getId(), name, labels.get(ActionLabels.DEFINITION));
    }

    /** {@code tinkerbell_<name>_<action id>}, every character that Docker doesn't take in names as an underscore. */
    static String name(Action action) {
        StringBuilder name = new StringBuilder("tinkerbell_" + action.name() + "_" + action.id());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean taken =
                    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "_.-".indexOf(c) >= 0;
            if (!taken) {
                name.setCharAt(i, '_');
            }
        }
        return name.toString();
    }

    @Override
    public String definition() {
        return definition;
    }

    @Override
    public State state() {
        ContainerState state;
        try {
            state = docker.inspectContainerCmd(id).exec().getState();
        } catch (NotFoundException e) {
            return State.OTHER;
        }
        if (Boolean.TRUE.equals(state.getRunning())) {
            return State.RUNNING;
        }
        boolean ended = "exited".equals(state.getStatus()) && state.getExitCodeLong() != null;
        return ended ? State.ended(state.getExitCodeLong().intValue()) : State.OTHER;
    }

    /**
     * Listens before the start. Following the container's log instead would lose a last line without line feed now and then: Docker ends
     * the answer when the container ends, whether or not its log is complete by then.
     */
    @Override
    public void start(ActionLines lines) throws ActionFailure, InterruptedException {
        output = Optional.of(new ActionOutput(lines));
        attach(output.get(), false);
        start();
    }

    void start() {
        docker.startContainerCmd(id).exec();
    }

    @Override
    public void goOn(ActionLines lines) throws ActionFailure, InterruptedException {
        output = Optional.of(new ActionOutput(lines));
        attach(output.get(), true);
    }

    /**
     * Has what the container writes sent there.
     *
     * @param fromStart whether what it has written so far comes first
     */
    void attach(ActionOutput attached, boolean fromStart) throws ActionFailure, InterruptedException {
        boolean started = docker.attachContainerCmd(id)
                .withStdOut(true)
                .withStdErr(true)
                .withFollowStream(true)
                .withLogs(fromStart)
                .exec(attached)
                .awaitStart(ATTACH_MILLIS);
        if (!started) {
            throw new ActionFailure("Docker doesn't show what its container writes");
        }
    }

    @Override
    public OptionalInt await(Deadline deadline) throws ActionFailure, OutOfTime, InterruptedException {
        try (Exit exit = docker.waitContainerCmd(id).exec(new Exit())) {
            if (!exit.await(deadline.millisLeft())) {
                throw new OutOfTime();
            }
            if (exit.failure().isPresent() && exit.failure().get() instanceof NotFoundException) {
                throw new ActionFailure(
                        "somebody removed its container", exit.failure().get());
            }
            return exit.code;
        }
    }

    @Override
    public void stop() {
        try {
            docker.stopContainerCmd(id).withTimeout(STOP_GRACE_SECONDS).exec();
        } catch (NotModifiedException | NotFoundException e) {
            // It has ended by itself.
        }
    }

    @Override
    public void finish() {
        if (output.isPresent()) {
            try (ActionOutput attached = output.get()) {
                attached.await(LAST_OUTPUT_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean lackedMemory() throws ActionFailure {
        try {
            return Boolean.TRUE.equals(
                    docker.inspectContainerCmd(id).exec().getState().getOOMKilled());
        } catch (NotFoundException e) {
            throw new ActionFailure("somebody removed its container", e);
        }
    }

    @Override
    public void remove() {
        remove(docker, id);
    }

    private static void remove(DockerClient docker, String name) {
        try {
            docker.removeContainerCmd(name)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        } catch (NotFoundException e) {
            // Nothing is there, or somebody was quicker.
        }
    }

    @Override
    public String toString() {
        return name;
    }

    private static final class Exit extends StreamedAnswer<WaitResponse> {
        private volatile OptionalInt code = OptionalInt.empty();

        @Override
        public void onNext(WaitResponse response) {
            code = response.getStatusCode() == null ? OptionalInt.empty() : OptionalInt.of(response.getStatusCode());
        }
    }

    /** A bind as the workflow gives it. The library knows only some of Docker's options and would drop the others. */
    private static final class GivenBind extends Bind {
        private static final long serialVersionUID = 1L;

        private final String text;

        GivenBind(String text) {
            super(text, new Volume(text));
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
