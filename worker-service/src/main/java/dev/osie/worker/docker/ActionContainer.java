package dev.osie.worker.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.LogConfig.LoggingType;
import com.github.dockerjava.api.model.Volume;
import com.github.dockerjava.api.model.WaitResponse;
import dev.osie.worker.action.Action;
import dev.osie.worker.action.ActionFailure;
import dev.osie.worker.action.ActionLabels;
import dev.osie.worker.action.Deadline;
import dev.osie.worker.action.Deadline.OutOfTime;
import dev.osie.worker.image.ImageReference;
import java.util.Map;
import java.util.OptionalInt;

/** The container of one action, from creation to removal. */
final class ActionContainer {
    private static final int STOP_GRACE_SECONDS = 5;
    private static final long ATTACH_MILLIS = 120_000;

    /** Docker's own copy, which lies in memory. Its default may be the syslog server, which gets these lines from the worker. */
    static final LogConfig LOG = new LogConfig(LoggingType.JSON_FILE, Map.of("max-size", "1m"));

    private final DockerClient docker;
    private final String id;

    private ActionContainer(DockerClient docker, String id) {
        this.docker = docker;
        this.id = id;
    }

    /** One that is there. */
    static ActionContainer existing(DockerClient docker, String id) {
        return new ActionContainer(docker, id);
    }

    /** Creates the action's container, after removing what a worker that was killed has left under the same name. */
    static ActionContainer create(DockerClient docker, Action action, ImageReference image) {
        String name = name(action);
        try {
            docker.removeContainerCmd(name)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        } catch (NotFoundException e) {
            // As it should be.
        }
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
        CreateContainerCmd command = docker.createContainerCmd(image.pullable())
                .withName(name)
                .withLabels(ActionLabels.of(action))
                .withEnv(action.environment())
                .withHostConfig(host);
        if (!action.command().isEmpty()) {
            command.withCmd(action.command());
        }
        return new ActionContainer(docker, command.exec().getId());
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

    void start() {
        docker.startContainerCmd(id).exec();
    }

    /**
     * Listens to what the container will write; to be called before its start. Following its log instead would lose a last line
     * without line feed now and then: Docker ends the answer when the container ends, whether or not its log is complete by then.
     */
    void attach(ActionOutput output) throws ActionFailure, InterruptedException {
        attach(output, false);
    }

    /** The same for a container that runs already: what it has written so far comes first. */
    void attachAgain(ActionOutput output) throws ActionFailure, InterruptedException {
        attach(output, true);
    }

    private void attach(ActionOutput output, boolean fromStart) throws ActionFailure, InterruptedException {
        boolean started = docker.attachContainerCmd(id)
                .withStdOut(true)
                .withStdErr(true)
                .withFollowStream(true)
                .withLogs(fromStart)
                .exec(output)
                .awaitStart(ATTACH_MILLIS);
        if (!started) {
            throw new ActionFailure("Docker doesn't show what its container writes");
        }
    }

    /**
     * Waits until the container has ended.
     *
     * @return its exit code; empty when Docker hung up without saying
     */
    OptionalInt await(Deadline deadline) throws OutOfTime, InterruptedException {
        try (Exit exit = docker.waitContainerCmd(id).exec(new Exit())) {
            if (!exit.await(deadline.millisLeft())) {
                throw new OutOfTime();
            }
            return exit.code;
        }
    }

    /** How the container is now. */
    ContainerState state() throws ActionFailure {
        try {
            return docker.inspectContainerCmd(id).exec().getState();
        } catch (NotFoundException e) {
            throw new ActionFailure("somebody removed its container", e);
        }
    }

    /** The exit code that it has, -1 for none. */
    int exitCode() throws ActionFailure {
        Long code = state().getExitCodeLong();
        return code == null ? -1 : code.intValue();
    }

    /** Asks the container's process to end, and kills it some seconds later. */
    void stop() {
        try {
            docker.stopContainerCmd(id).withTimeout(STOP_GRACE_SECONDS).exec();
        } catch (NotModifiedException | NotFoundException e) {
            // It has ended by itself.
        }
    }

    void remove() {
        try {
            docker.removeContainerCmd(id)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        } catch (NotFoundException e) {
            // Somebody was quicker.
        }
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
