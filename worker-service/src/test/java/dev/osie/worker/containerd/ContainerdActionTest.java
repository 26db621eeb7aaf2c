package dev.osie.worker.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.action.Outcome;
import dev.osie.worker.container.ActionContract;
import dev.osie.worker.container.TestAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ContainerdActionTest extends ActionContract<ContainerdSite> {
    @Override
    protected ContainerdSite open(Path empty) throws Exception {
        return new ContainerdSite(empty);
    }

    /** The first action of a process takes as long as it takes to load classes, which tests of time are not about. */
    @BeforeAll
    void loadClasses() throws InterruptedException {
        run(busybox());
    }

    @Test
    void hasTheMachinesNetworkAndNamesUnlessItWantsNone() throws Exception {
        String look = "readlink /proc/self/ns/net; test -s /etc/resolv.conf && echo names";
        String net = "step | " + Files.readSymbolicLink(Path.of("/proc/self/ns/net"));

        run(shell(look));

        assertThat(console()).contains(net, "step | names");
    }

    @Test
    void aVolumeThatIsNoDirectoryIsLeftOut() throws Exception {
        assertThat(run(shell("test -e /c || echo none").volumes("cache:/c"))).isEqualTo(Outcome.success());

        assertThat(console())
                .contains(
                        "lab/test · step: the volume cache:/c is no directory of the machine and is left out",
                        "step | none");
    }

    @Test
    void aNamespaceThatContainerdHasNotGotFails() throws Exception {
        assertThat(run(busybox().pid("container:x")))
                .isEqualTo(Outcome.failed(
                        "it wants the PID namespace container:x; with containerd there is its own and host"));
    }

    @Test
    void isNamedAndLabelledAfterItsAction() throws Exception {
        Thread thread =
                start(shell("trap 'exit 0' TERM; echo started; while :; do sleep 0.1; done"), new AtomicReference<>());
        awaitLine("step | started");
        try {
            assertThat(site().daemon().ctr("containers", "info", "tinkerbell_step_action-1"))
                    .contains("\"dev.osie.worker.workflow\": \"lab/test\"", "\"dev.osie.worker.action\": \"action-1\"");
        } finally {
            thread.interrupt();
            thread.join(30_000);
        }
    }

    @Test
    void outlivesACrashOfContainerd() throws Exception {
        AtomicReference<Outcome> outcome = new AtomicReference<>();
        // Not at once: what the container writes may be here before containerd has said that it was started.
        Thread thread = start(shell("sleep 2; echo started; sleep 8; echo done; exit 3"), outcome);
        awaitLine("step | started");

        site().crash();

        thread.join(50_000);
        assertThat(outcome.get()).isEqualTo(Outcome.failed("exit code 3: done"));
    }

    @Test
    void whatAnotherClientLeftUnderTheWorkersNameIsRemoved() throws Exception {
        run(busybox());
        String image = site().registry().busybox();
        site().daemon().ctr("run", "--detach", "--label", "dev.osie.worker.id=w", image, "left", "sleep", "100");
        assertThat(site().daemon().ctr("tasks", "list", "--quiet")).isEqualTo("left\n");

        assertThat(run(shell("echo again"))).isEqualTo(Outcome.success());

        assertThat(console()).contains("worker removes a container of its earlier life: left", "step | again");
    }

    @Test
    void namesContainersSoThatContainerdTakesThem() {
        assertThat(name("write image/ä", "1:2")).isEqualTo("tinkerbell_write_image_1_2");
        assertThat(name("x".repeat(200), "1")).hasSize(76).isNotEqualTo(name("x".repeat(200), "2"));
    }

    private static String name(String name, String id) {
        return ContainerName.of(TestAction.of("img").name(name).id(id).build());
    }
}
