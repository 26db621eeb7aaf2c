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
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A workflow's action loads another kernel and asks the machine to go on with it, and the machine does, without its firmware. QEMU ends at a reset
 * ({@code -no-reboot}), so whatever is on the console is of one boot. One machine is booted for each architecture, from a flavor of
 * its own (test/resources/flavors/kexec.yaml); its story is looked at from several sides. The console is kept in target/vm-logs. It passes for
 * aarch64 as well, which is left out because it takes two minutes more.
 */
@Tag("vm")
@ParameterizedClass
@EnumSource(names = "X86_64")
@Timeout(value = 12, unit = TimeUnit.MINUTES)
final class KexecTest {
    private static final String WORKER = "52:54:00:12:34:56";
    private static final String HOST = "10.0.2.2";
    private static final int MEMORY = 1024;
    private static final Duration BOOT = Duration.ofMinutes(3);
    private static final Duration WORKFLOW = Duration.ofMinutes(3);
    private static final Duration MOMENT = Duration.ofSeconds(90);
    private static final String ASKED = "osie-build: kexec was asked for";

    @TempDir
    private static Path directory;

    private static Registry registry;
    private static Architecture architecture;
    private static Story story;

    @Parameter
    private Architecture asked;

    /**
     * What happened on the machine.
     *
     * @param consoleAtReports what the machine had said when the server got the action's result, once for each time it did
     */
    private record Story(
            StateType workflow, List<String> history, List<String> consoleAtReports, int exitStatus, String console) {}

    @BeforeAll
    static void serve() throws IOException {
        registry = Registry.start(directory);
    }

    @BeforeParameterizedClassInvocation
    static void bootOnce(Architecture guest) throws Exception {
        architecture = guest;
        BootPair pair = build();
        try {
            story = boot(pair);
        } catch (VirtualMachine.EmulatorFault e) {
            System.out.println(e.getMessage() + ". Booting once more.");
            story = boot(pair);
        }
    }

    @AfterAll
    static void stopRegistry() {
        if (registry != null) {
            registry.close();
        }
    }

    @Test
    void theServerKnowsOfTheSuccessBeforeTheMachineGoesOn() {
        assertThat(story.history()).containsExactly("next-kernel RUNNING", "next-kernel SUCCESS");
        assertThat(story.workflow()).isEqualTo(StateType.SUCCESS);
        assertThat(story.consoleAtReports())
                .as("at the report that was refused, and at that which was taken")
                .hasSize(2)
                .allSatisfy(console -> assertThat(console).doesNotContain(ASKED));
    }

    @Test
    void theMachineGoesDownInOrderAndTheSecondKernelStarts() {
        assertThat(story.console())
                .containsSubsequence(ASKED, "osie-build: shutdown-kexec", "second kernel: " + commandLine(asked))
                .doesNotContain("there is no kernel to go on with", "did not stop within");
    }

    @Test
    void noFirmwareBootLiesBetween() {
        assertThat(story.console())
                .containsSubsequence("kexec_core: Starting new kernel", "second kernel:", "reboot: Power down");
        assertThat(story.exitStatus()).isZero();
    }

    /** The flavor, and the action's image: it holds the flavor's kernel, to have one that is known to start on such a machine. */
    private static BootPair build() throws Exception {
        String arch = architecture.toString();
        Reference reference = Reference.build();
        Project project = Project.checkout().copyTo(directory.resolve("project-" + arch));
        Path resources = Project.checkout().directory().resolve("builder/src/test/resources");
        Path flavors = project.directory().resolve("linuxkit-templates/flavors");
        Path recipe = project.directory().resolve("images/next-kernel");
        Project.copy(resources.resolve("flavors/kexec.yaml"), flavors.resolve("kexec.yaml"));
        Project.copy(resources.resolve("recipes/next-kernel"), recipe);
        Path output = directory.resolve("pair-" + arch);
        OsieBuild build = project.osieBuild().cachingIn(reference.cache());
        build.run("build", "kexec", "--arch", arch, "--output", output.toString())
                .succeeded();
        BootPair pair = BootPair.in(output, "kexec", architecture);

        Project.copy(pair.kernel(), recipe.resolve("vmlinuz"));
        build.run("image", "build", "--arch", arch, "next-kernel").succeeded();
        build.run(
                        "image",
                        "push",
                        "--compression",
                        "none",
                        "--arch",
                        arch,
                        "next-kernel",
                        "127.0.0.1:" + registry.port() + "/next-kernel:" + arch)
                .succeeded();
        return pair;
    }

    private static Story boot(BootPair pair) throws IOException, InterruptedException {
        try (WorkflowServer server = WorkflowServer.start();
                VirtualMachine machine = VirtualMachine.start(command(pair, server), log())) {
            List<String> consoleAtReports = new CopyOnWriteArrayList<>();
            server.onResult(() -> consoleAtReports.add(machine.screen()));
            server.refuseResults(Status.UNAVAILABLE);
            Workflow workflow = server.workflow(
                    WORKER,
                    "lab/next-kernel",
                    action("next-kernel", HOST + ":" + registry.port() + "/next-kernel:" + architecture)
                            .setTimeout(150)
                            .addEnvironment("COMMAND_LINE=" + commandLine(architecture))
                            .addVolumes("/worker:/worker"));
            machine.waitFor("osie-build: services [\\d.]+", BOOT);
            StateType outcome = workflow.await(WORKFLOW);
            int status = machine.awaitEnd(MOMENT);
            return new Story(outcome, workflow.history(), consoleAtReports, status, machine.screen());
        }
    }

    private static List<String> command(BootPair pair, WorkflowServer server) {
        return Qemu.find(architecture)
                .command(
                        new Machine(
                                pair,
                                Accelerator.TCG,
                                MEMORY,
                                2,
                                Optional.empty(),
                                List.of(),
                                List.of(
                                        "grpc_authority=" + HOST + ":" + server.port(),
                                        "insecure_registries=" + HOST + ":" + registry.port(),
                                        "worker_id=" + WORKER)),
                        false);
    }

    /** What the second kernel is given. */
    private static String commandLine(Architecture architecture) {
        return (architecture == Architecture.X86_64 ? "console=ttyS0" : "console=ttyAMA0") + " asked-for=1";
    }

    private static Path log() {
        return Path.of("target", "vm-logs", "kexec-test-" + architecture + ".log")
                .toAbsolutePath();
    }
}
