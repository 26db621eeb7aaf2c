package dev.osie.worker.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.HostConfig;
import dev.osie.worker.action.ActionFailure;
import dev.osie.worker.action.ActionLines;
import dev.osie.worker.action.Deadline;
import dev.osie.worker.action.Deadline.OutOfTime;
import dev.osie.worker.console.Console;
import dev.osie.worker.image.ImagePuller;
import dev.osie.worker.image.ImageReference;
import dev.osie.worker.image.ImageSources;
import dev.osie.worker.retry.Backoff;
import dev.osie.worker.settings.AgentImage;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Keeps another agent running in place of this worker, as Hook's bootkit starts one: a privileged container {@code tink-worker} in the
 * machine's network. Unlike there one that ends is started again.
 */
public final class AgentContainer implements AutoCloseable {
    private static final String NAME = "tink-worker";
    private static final long PING_PAUSE_MILLIS = 500;

    /** An agent that ran for so long is started again at once. */
    private static final Duration STABLE = Duration.ofMinutes(1);

    private final String socket;
    private final List<String> binds;
    private final ImageSources sources;
    private final AgentImage agent;
    private final Console console;
    private final DockerClient docker;
    private volatile Optional<Thread> thread = Optional.empty();
    private volatile boolean stopping;

    /**
     * @param socket path of the socket where this program finds Docker
     * @param binds the agent's volumes, as Docker sees the machine
     */
    public AgentContainer(String socket, List<String> binds, ImageSources sources, AgentImage agent, Console console) {
        this.socket = socket;
        this.binds = List.copyOf(binds);
        this.sources = sources;
        this.agent = agent;
        this.console = console;
        this.docker = PromptClient.connect(socket);
    }

    /**
     * Keeps the agent running until {@link #stop}.
     *
     * @return false when its image can't be had
     */
    public boolean run() {
        thread = Optional.of(Thread.currentThread());
        try {
            awaitDocker();
            ImageReference image = new ImagePuller(new DockerImages(docker, sources.login()), sources, console)
                    .provide(new ImageReference(agent.image()), "agent", new Deadline(Optional.empty()));
            try {
                keep(image);
            } finally {
                remove();
            }
            return true;
        } catch (ActionFailure e) {
            console.line("agent: " + e.getMessage());
            return false;
        } catch (InterruptedException | OutOfTime e) {
            return true;
        } finally {
            thread = Optional.empty();
        }
    }

    private void keep(ImageReference image) throws InterruptedException {
        Backoff pause = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));
        while (!stopping) {
            long start = System.nanoTime();
            String end;
            try {
                end = live(image);
            } catch (ActionFailure | RuntimeException e) {
                if (stopping) {
                    return;
                }
                end = ActionFailure.reason(e);
            }
            if (System.nanoTime() - start > STABLE.toNanos()) {
                pause.reset();
            }
            console.line("agent: " + end + "; starting it again");
            pause.pause();
            awaitDocker();
        }
    }

    /** One life of the agent; its end in words. */
    private String live(ImageReference image) throws ActionFailure, InterruptedException {
        Optional<DockerContainer> running = running();
        DockerContainer container = running.isPresent() ? running.get() : create(image);
        try (ActionOutput output = new ActionOutput(new ActionLines("agent", console))) {
            container.attach(output, false);
            if (running.isPresent()) {
                console.line("agent: " + agent + " is running");
            } else {
                console.line("agent: starting " + agent);
                container.start();
            }
            OptionalInt code = container.await(new Deadline(Optional.empty()));
            output.await(1_000);
            return code.isPresent() ? "ended with exit code " + code.getAsInt() : "Docker hung up";
        } catch (OutOfTime e) {
            throw new AssertionError("there is no limit", e);
        }
    }

    /** Whatever Docker was being asked when {@link #stop} interrupted it, the container may be there. */
    private void remove() {
        Thread.interrupted();
        DockerContainer container = DockerContainer.of(docker, NAME);
        container.stop();
        container.remove();
    }

    /** The agent's container as an earlier life of this program left it, if it is the same agent. */
    private Optional<DockerContainer> running() {
        try {
            InspectContainerResponse there = docker.inspectContainerCmd(NAME).exec();
            String[] environment = there.getConfig().getEnv();
            boolean same = Boolean.TRUE.equals(there.getState().getRunning())
                    && agent.image().equals(there.getConfig().getLabels().get(NAME))
                    && environment != null
                    && Arrays.asList(environment).containsAll(agent.environment());
            return same ? Optional.of(DockerContainer.of(docker, there.getId())) : Optional.empty();
        } catch (NotFoundException e) {
            return Optional.empty();
        }
    }

    private DockerContainer create(ImageReference image) {
        try {
            docker.removeContainerCmd(NAME)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        } catch (NotFoundException e) {
            // As it should be.
        }
        String id = docker.createContainerCmd(image.pullable())
                .withName(NAME)
                .withLabels(Map.of(NAME, agent.image()))
                .withEnv(agent.environment())
                .withHostConfig(HostConfig.newHostConfig()
                        .withPrivileged(true)
                        .withNetworkMode("host")
                        .withLogConfig(DockerContainer.LOG)
                        .withBinds(binds.stream().map(Bind::parse).toArray(Bind[]::new)))
                .exec()
                .getId();
        return DockerContainer.of(docker, id);
    }

    private void awaitDocker() throws InterruptedException {
        boolean said = false;
        while (true) {
            try {
                docker.pingCmd().exec();
                return;
            } catch (RuntimeException e) {
                if (!said) {
                    console.line("worker waiting for Docker at " + socket);
                    said = true;
                }
                Thread.sleep(PING_PAUSE_MILLIS);
            }
        }
    }

    /** Ends {@link #run} after stopping and removing the container. */
    public void stop() {
        stopping = true;
        thread.ifPresent(Thread::interrupt);
    }

    @Override
    public void close() {
        try {
            docker.close();
        } catch (IOException e) {
            // Nothing is asked of it any more.
        }
    }
}
