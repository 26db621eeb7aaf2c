package dev.osie.build.e2e;

import static dev.osie.worker.workflow.WorkflowServer.action;
import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.platform.Architecture;
import dev.osie.build.vm.Accelerator;
import dev.osie.build.vm.BootPair;
import dev.osie.build.vm.Machine;
import dev.osie.build.vm.Qemu;
import dev.osie.worker.proto.ActionStatusRequest.StateType;
import dev.osie.worker.workflow.Workflow;
import dev.osie.worker.workflow.WorkflowServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@link EmbedBootTest} shows with Docker, with containerd: a machine that reaches no registry runs a workflow whose images came with it.
 * One machine is booted; the console is kept in target/vm-logs.
 */
@Tag("vm")
@Timeout(value = 12, unit = TimeUnit.MINUTES)
final class EmbedContainerdBootTest {
    private static final String WORKER = "52:54:00:12:34:56";
    private static final String HOST = "10.0.2.2";
    private static final Duration WORKFLOW = Duration.ofMinutes(5);
    private static final Duration MOMENT = Duration.ofSeconds(60);
    private static final Path LOG =
            Path.of("target", "vm-logs", "embed-containerd-test.log").toAbsolutePath();

    @TempDir
    private static Path directory;

    private static Story story;

    /** What happened on the machine. */
    private record Story(StateType workflow, List<String> history, String console) {}

    @BeforeAll
    static void bootOnce() throws Exception {
        Path pair = directory.resolve("pair");
        build(pair);
        try {
            story = boot(pair);
        } catch (VirtualMachine.EmulatorFault e) {
            System.out.println(e.getMessage() + ". Booting once more.");
            story = boot(pair);
        }
    }

    @Test
    void runsActionsOfEmbeddedImagesUnderBothTheirNames() {
        assertThat(story.history()).startsWith("own RUNNING", "own SUCCESS", "alias RUNNING", "alias SUCCESS");
    }

    @Test
    void asksNoRegistryForThem() {
        assertThat(story.console())
                .containsOnlyOnce("worker has taken in the images that came with the system")
                .contains("own: osie-build/misbehave came with the system")
                .contains("alias: registry.lab/misbehave:1 came with the system")
                .doesNotContain("pulling");
    }

    @Test
    void anImagesUserHasTheGroupsThatItsFilesSay() {
        assertThat(story.console())
                .containsPattern("user \\| uid=1000\\(app\\) gid=1000\\(app\\) groups=6\\(disk\\),1000\\(app\\)");
    }

    @Test
    void givesTheMemoryOfTheArchiveBack() {
        assertThat(story.history()).as("an action looks for it").contains("archive SUCCESS");
        assertThat(story.workflow()).isEqualTo(StateType.SUCCESS);
    }

    private static void build(Path pair) throws Exception {
        Reference reference = Reference.build();
        Project project = Project.checkout().copyTo(directory.resolve("project"));
        Project.copy(
                Project.checkout().directory().resolve("builder/src/test/resources/recipes/misbehave"),
                project.directory().resolve("images/misbehave"));
        project.write("linuxkit-templates/overlays/actions.yaml", """
                osie:
                  embed.add:
                    - "@image:misbehave"
                    - { image: "@image:misbehave", as: registry.lab/misbehave:1 }
                    - "@image:user"
                """);
        // Its groups are known from its files alone.
        project.write("images/user/image.yaml", """
                description: an action that is not root
                packages: [busybox-static]
                users: [{ name: app, uid: 1000 }]
                groups: [{ name: disk, gid: 6, members: [app] }]
                config: { user: "1000", entrypoint: [/usr/bin/busybox, sh, -c] }
                """);
        project.osieBuild()
                .cachingIn(reference.cache())
                .run("build", "slim-containerd", "--overlay", "actions", "--output", pair.toString())
                .succeeded();
    }

    private static Story boot(Path pair) throws Exception {
        try (WorkflowServer server = WorkflowServer.start();
                VirtualMachine machine = VirtualMachine.start(command(pair, server), LOG)) {
            Workflow workflow = server.workflow(
                    WORKER,
                    "lab/embedded",
                    action("own", "osie-build/misbehave", "echo here").setTimeout(60),
                    action("alias", "registry.lab/misbehave:1", "echo here").setTimeout(60),
                    action("archive", "osie-build/misbehave", "test -d /images && test ! -e /images/embedded.tar")
                            .addVolumes("/usr/share/osie-build/images:/images")
                            .setTimeout(60),
                    action("user", "osie-build/user", "busybox id").setTimeout(60));
            StateType outcome = workflow.await(WORKFLOW);
            // The console is a little behind the server.
            machine.waitFor("user: [A-Z]+ in ", MOMENT);
            return new Story(outcome, workflow.history(), machine.screen());
        }
    }

    private static List<String> command(Path pair, WorkflowServer server) {
        return Qemu.find(Architecture.X86_64)
                .command(
                        new Machine(
                                BootPair.in(pair, "slim-containerd", Architecture.X86_64),
                                Accelerator.TCG,
                                Machine.DEFAULT_MEMORY,
                                2,
                                Optional.empty(),
                                List.of(),
                                List.of("grpc_authority=" + HOST + ":" + server.port(), "worker_id=" + WORKER)),
                        false);
    }
}
