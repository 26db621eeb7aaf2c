package dev.osie.worker.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import dev.osie.worker.console.Console;
import dev.osie.worker.image.ImageSources;
import dev.osie.worker.settings.AgentImage;
import dev.osie.worker.settings.PullPolicy;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Another agent in place of the worker, against a real Docker daemon. */
@Tag("tools")
@Timeout(60)
class AgentContainerTest {
    private static final ImageSources SOURCES = new ImageSources(Optional.empty(), PullPolicy.ALWAYS, List.of());

    @TempDir
    private static Path siteDirectory;

    private static DockerSite site;

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final AtomicReference<Boolean> result = new AtomicReference<>();
    private AgentContainer agent;
    private Thread thread;

    @BeforeAll
    static void startDocker() throws Exception {
        site = new DockerSite(siteDirectory);
    }

    @AfterAll
    static void stopDocker() throws Exception {
        site.stop();
    }

    @AfterEach
    void stop() throws Exception {
        agent.stop();
        thread.join(30_000);
        assertThat(thread.isAlive()).isFalse();
        try (DockerClient client = site.client()) {
            assertThat(client.listContainersCmd().withShowAll(true).exec())
                    .as("the agent goes when this program is told to end")
                    .isEmpty();
        }
    }

    @Test
    void runsAsHooksBootkitWouldRunItAndIsStartedAgain() throws Exception {
        start(site.registry().agent(), "WORKER_ID=w", "REGISTRY_PASSWORD=s3cret");
        awaitLine("agent | an agent for w");

        try (DockerClient client = site.client()) {
            InspectContainerResponse container =
                    client.inspectContainerCmd("tink-worker").exec();
            assertThat(container.getHostConfig().getPrivileged()).isTrue();
            assertThat(container.getHostConfig().getNetworkMode()).isEqualTo("host");
            assertThat(container.getMounts())
                    .extracting(mount -> mount.getDestination().getPath())
                    .containsExactlyInAnyOrder("/worker", "/var/run/docker.sock");
            output.reset();
            client.killContainerCmd("tink-worker").exec();
            awaitLine("agent: ended with exit code 137; starting it again");
            awaitLine("agent | an agent for w");
        }
        assertThat(console()).noneMatch(line -> line.contains("s3cret"));
    }

    @Test
    void oneThatRunsIsLeftRunningByTheNextLifeOfThisProgram() throws Exception {
        String id;
        try (DockerClient client = site.client();
                AgentContainer killed = container(site.registry().agent(), "WORKER_ID=w")) {
            // Its thread is left where it is, as if the program had been killed.
            Thread abandoned = new Thread(killed::run);
            abandoned.setDaemon(true);
            abandoned.start();
            awaitLine("agent | an agent for w");
            id = client.inspectContainerCmd("tink-worker").exec().getId();
            output.reset();

            start(site.registry().agent(), "WORKER_ID=w");
            awaitLine("agent: " + site.registry().agent() + " is running");
            assertThat(client.inspectContainerCmd("tink-worker").exec().getId()).isEqualTo(id);
        }
    }

    @Test
    void anImageThatCannotBeHadIsSaid() throws Exception {
        start(site.registry().host() + "/no/such:1");
        thread.join(30_000);

        assertThat(result.get()).isFalse();
        assertThat(console()).last().asString().startsWith("agent: can't pull ");
    }

    private AgentContainer container(String image, String... environment) {
        return new AgentContainer(
                site.socket(),
                List.of(directory + ":/worker", site.socket() + ":/var/run/docker.sock"),
                SOURCES,
                new AgentImage(image, List.of(environment)),
                new Console(output));
    }

    private void start(String image, String... environment) {
        agent = container(image, environment);
        thread = new Thread(() -> result.set(agent.run()));
        thread.start();
    }

    private void awaitLine(String line) throws InterruptedException {
        while (!console().contains(line)) {
            Thread.sleep(50);
        }
    }

    private List<String> console() {
        return output.toString(UTF_8).lines().toList();
    }
}
