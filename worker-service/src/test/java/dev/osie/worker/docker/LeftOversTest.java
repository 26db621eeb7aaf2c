package dev.osie.worker.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import dev.osie.worker.action.Action;
import dev.osie.worker.action.ActionLabels;
import dev.osie.worker.action.Outcome;
import dev.osie.worker.action.Outcome.Result;
import dev.osie.worker.image.ImageReference;
import dev.osie.worker.settings.PullPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of containers when the worker is killed, against a real Docker daemon. */
@Tag("tools")
@Timeout(60)
class LeftOversTest {
    @TempDir
    private static Path siteDirectory;

    private static DockerSite site;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startDocker() throws Exception {
        site = new DockerSite(siteDirectory);
    }

    @AfterAll
    static void stopDocker() throws Exception {
        site.stop();
    }

    @BeforeEach
    void forget() {
        site.forget();
    }

    @AfterEach
    void removeContainers() throws Exception {
        try (DockerClient client = site.client()) {
            for (var container : client.listContainersCmd().withShowAll(true).exec()) {
                client.removeContainerCmd(container.getId()).withForce(true).exec();
            }
        }
    }

    @Test
    void aContainerTellsWhoseItIs() throws Exception {
        Action action = action("a", "exit 3");
        try (DockerClient client = site.client();
                DockerRuntime runtime = site.runtime(true, PullPolicy.ALWAYS)) {
            assertThat(runtime.run(action)).isEqualTo(Outcome.failed("exit code 3"));

            InspectContainerResponse container =
                    client.inspectContainerCmd("tinkerbell_step_a").exec();
            assertThat(container.getConfig().getLabels())
                    .containsEntry(ActionLabels.WORKFLOW, "lab/test")
                    .containsEntry(ActionLabels.ACTION, "a")
                    .containsEntry(ActionLabels.WORKER, "w")
                    .containsKey(ActionLabels.DEFINITION);
            assertThat(container.getConfig().getTty()).isFalse();
            assertThat(container.getState().getRunning()).isFalse();
            assertThat(site.console()).last().isEqualTo("lab/test · step: its container tinkerbell_step_a is kept");
        }
    }

    @Test
    void anActionIsNotStartedTwiceWhileItsContainerRuns() throws Exception {
        // The container goes on until it is told to end.
        Action action = action(
                "a", "echo started; echo x >> /d/starts; until busybox test -e /d/end; do sleep 0.1; done; exit 4");
        leave(action);
        Thread end = new Thread(() -> {
            try {
                site.awaitLine("step | started");
                Files.createFile(directory.resolve("end"));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        end.start();

        assertThat(site.run(action, PullPolicy.ALWAYS)).isEqualTo(Outcome.failed("exit code 4: started"));

        end.join();
        assertThat(directory.resolve("starts")).hasContent("x");
        assertThat(site.console())
                .containsExactly(
                        "lab/test · step: going on with the container that an earlier life of the worker started",
                        "step | started");
        assertThat(containers()).isEmpty();
    }

    @Test
    void aSuccessWhileNobodyLookedCounts() throws Exception {
        Action action = action("a", "echo done");
        leave(action);
        awaitExit();

        assertThat(site.run(action, PullPolicy.ALWAYS)).isEqualTo(Outcome.success());

        assertThat(site.console()).contains("step | done").noneMatch(line -> line.contains("pulling"));
        assertThat(containers()).isEmpty();
    }

    @Test
    void aFailureWhileNobodyLookedIsTriedAgain() throws Exception {
        Action action = action("a", "busybox test -e /d/x && echo again && exit; echo x > /d/x; exit 1");
        leave(action);
        awaitExit();

        assertThat(site.run(action, PullPolicy.ALWAYS)).isEqualTo(Outcome.success());

        assertThat(site.console()).contains("step | again");
    }

    @Test
    void anotherActionsContainersAreRemovedAndAnotherWorkersAreNot() throws Exception {
        leave(action("old", "echo started; sleep 100"));
        Action foreign = new Action(
                "lab/x",
                "t",
                "other",
                "z",
                "z",
                site.registry().busybox(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                "",
                "");
        leave(foreign);

        assertThat(site.run(action("new", "echo new"), PullPolicy.ALWAYS)).isEqualTo(Outcome.success());

        assertThat(containers()).containsExactly("/tinkerbell_z_z");
        assertThat(site.console()).contains("worker removes a container of its earlier life: tinkerbell_step_old");
    }

    @Test
    void anActionThatIsServedAgainWithAnotherCommandIsAnother() throws Exception {
        leave(action("a", "echo started; sleep 100"));

        assertThat(site.run(action("a", "echo other"), PullPolicy.ALWAYS)).isEqualTo(Outcome.success());

        assertThat(site.console()).contains("step | other");
    }

    @Test
    void whatFailedIsKeptOverTheNextActionsWhenAskedFor() throws Exception {
        try (DockerRuntime runtime = site.runtime(true, PullPolicy.ALWAYS)) {
            runtime.run(action("failed", "exit 3"));
            assertThat(runtime.run(action("next", "exit 0")).result()).isEqualTo(Result.SUCCESS);

            assertThat(containers()).containsExactly("/tinkerbell_step_failed");
        }
    }

    /** Starts an action's container and forgets it, as a worker does that is killed. */
    private static void leave(Action action) throws Exception {
        try (DockerClient client = site.client()) {
            client.pullImageCmd(action.image()).start().awaitCompletion();
            ActionContainer.create(client, action, new ImageReference(action.image()))
                    .start();
        }
    }

    private static void awaitExit() throws Exception {
        try (DockerClient client = site.client()) {
            while (!client.listContainersCmd().exec().isEmpty()) {
                Thread.sleep(50);
            }
        }
    }

    private static List<String> containers() throws Exception {
        try (DockerClient client = site.client()) {
            return client.listContainersCmd().withShowAll(true).exec().stream()
                    .map(container -> container.getNames()[0])
                    .toList();
        }
    }

    /** An action that has the test's directory as its /d. */
    private Action action(String id, String script) {
        return new Action(
                "lab/test",
                "task-1",
                "w",
                id,
                "step",
                site.registry().busybox(),
                Optional.empty(),
                List.of("sh", "-c", script),
                List.of(directory + ":/d"),
                List.of(),
                "",
                "");
    }
}
