package dev.osie.worker.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.LogConfig;
import dev.osie.worker.action.ActionLabels;
import dev.osie.worker.action.Outcome;
import dev.osie.worker.action.Outcome.Result;
import dev.osie.worker.container.ActionContract;
import dev.osie.worker.container.TestAction;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DockerActionTest extends ActionContract<DockerSite> {
    private static final String RUNS = "trap 'exit 0' TERM; echo started; while :; do sleep 0.1; done";

    @Override
    protected DockerSite open(Path empty) throws Exception {
        return new DockerSite(empty);
    }

    @Test
    void itsContainerTellsWhoseItIsAndItsOutputIsBoundedInDocker() throws Exception {
        Thread thread = start(shell(RUNS), new AtomicReference<>());
        awaitLine("step | started");
        try (DockerClient client = site().client()) {
            InspectContainerResponse container =
                    client.inspectContainerCmd("tinkerbell_step_action-1").exec();
            LogConfig log = container.getHostConfig().getLogConfig();

            assertThat(log.getType().getType()).isEqualTo("json-file");
            assertThat(log.getConfig()).containsEntry("max-size", "1m");
            assertThat(container.getConfig().getTty()).isFalse();
            assertThat(container.getConfig().getLabels())
                    .containsEntry(ActionLabels.WORKFLOW, "lab/test")
                    .containsEntry(ActionLabels.ACTION, "action-1")
                    .containsEntry(ActionLabels.WORKER, "w")
                    .containsKey(ActionLabels.DEFINITION);
        } finally {
            thread.interrupt();
            thread.join(30_000);
        }
    }

    @Test
    void aContainerOfItsNameIsInNobodysWay() throws Exception {
        run(busybox());
        try (DockerClient client = site().client()) {
            String left = client.createContainerCmd(site().registry().busybox())
                    .withName("tinkerbell_step_action-1")
                    .withCmd("sleep", "100")
                    .exec()
                    .getId();
            client.startContainerCmd(left).exec();
        }

        assertThat(run(shell("echo again"))).isEqualTo(Outcome.success());

        assertThat(console()).contains("step | again");
    }

    @Test
    void aDockerThatCrashesIsAFailedAction() throws Exception {
        AtomicReference<Outcome> outcome = new AtomicReference<>();
        Thread thread = start(shell("echo started; sleep 60"), outcome);
        awaitLine("step | started");

        site().crash();

        thread.join(60_000);
        assertThat(outcome.get()).isNotNull();
        assertThat(outcome.get().result()).isEqualTo(Result.FAILED);
    }

    @Test
    void aContainerThatSomebodyRemovesIsAFailedAction() throws Exception {
        AtomicReference<Outcome> outcome = new AtomicReference<>();
        Thread thread = start(shell("echo started; sleep 60"), outcome);
        awaitLine("step | started");
        try (DockerClient client = site().client()) {
            client.removeContainerCmd("tinkerbell_step_action-1")
                    .withForce(true)
                    .exec();
        }

        thread.join(30_000);
        assertThat(outcome.get()).isNotNull();
        assertThat(outcome.get().result()).isEqualTo(Result.FAILED);
    }

    @Test
    void namesContainersSoThatDockerTakesThem() {
        assertThat(DockerContainer.name(
                        TestAction.of("img").name("write image/ä").id("1:2").build()))
                .isEqualTo("tinkerbell_write_image___1_2");
    }
}
