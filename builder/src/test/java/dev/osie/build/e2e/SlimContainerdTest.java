package dev.osie.build.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.platform.Architecture;
import dev.osie.build.vm.Accelerator;
import dev.osie.build.vm.BootPair;
import dev.osie.build.vm.DiskImage;
import dev.osie.build.vm.Machine;
import dev.osie.build.vm.Qemu;
import dev.osie.worker.proto.ActionStatusRequest.StateType;
import dev.osie.worker.workflow.Workflow;
import dev.osie.worker.workflow.WorkflowServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The flavor slim-containerd runs the workflow that hook runs ({@link BootTest}), without Docker, and is the smaller for it. One machine is
 * booted; its story is looked at from several sides. The console is kept in target/vm-logs.
 */
@Tag("vm")
@Timeout(value = 12, unit = TimeUnit.MINUTES)
final class SlimContainerdTest {
    private static final String WORKER = "52:54:00:12:34:56";
    private static final int MEBIBYTE = DiskContent.MEBIBYTE;
    private static final int MEGABYTE = 1_000_000;
    private static final Duration WORKFLOW = Duration.ofMinutes(5);
    private static final Duration MOMENT = Duration.ofSeconds(90);
    private static final Path LOG =
            Path.of("target", "vm-logs", "slim-containerd-test.log").toAbsolutePath();

    @TempDir
    private static Path directory;

    private static Registry registry;
    private static DiskContent content;
    private static ProvisioningActions actions;
    private static Story story;

    /** What happened on the machine. */
    private record Story(
            StateType provisioning,
            List<String> provisioningHistory,
            StateType failing,
            String failureMessage,
            StateType hanging,
            StateType sharing,
            int exitStatus,
            String console) {}

    @BeforeAll
    static void bootOnce() throws Exception {
        Reference reference = Reference.build();
        registry = Registry.start(directory);
        ActionImages.push(directory.resolve("actions"), reference, registry);
        content = DiskContent.serve();
        actions = new ProvisioningActions(registry, content, Architecture.X86_64);
        build(reference, "slim");
        // The worker reads there which registries need no TLS.
        build(
                reference,
                "slim-containerd",
                "--overlay",
                "mirrors",
                "--set",
                "INSECURE_REGISTRIES=" + ProvisioningActions.HOST + ":" + registry.port());
        try {
            story = boot();
        } catch (VirtualMachine.EmulatorFault e) {
            System.out.println(e.getMessage() + ". Booting once more.");
            Files.delete(disk());
            story = boot();
        }
    }

    private static void build(Reference reference, String flavor, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "build",
                flavor,
                "--lock",
                directory.resolve(flavor + ".lock").toString(),
                "--output",
                directory.resolve(flavor).toString()));
        command.addAll(List.of(options));
        Project.checkout()
                .osieBuild()
                .cachingIn(reference.cache())
                .run(command.toArray(String[]::new))
                .succeeded();
    }

    @AfterAll
    static void stopServers() {
        if (registry != null) {
            registry.close();
        }
        if (content != null) {
            content.close();
        }
    }

    @Test
    void runsTheActionsOfAWorkflowInOrder() {
        assertThat(story.provisioningHistory())
                .containsExactly(
                        "partition RUNNING",
                        "partition SUCCESS",
                        "write-image RUNNING",
                        "write-image SUCCESS",
                        "verify RUNNING",
                        "verify SUCCESS");
        assertThat(story.provisioning()).isEqualTo(StateType.SUCCESS);
    }

    @Test
    void writesTheDiskAsTheWorkflowSays() throws IOException {
        GuidPartitionTable.Partition image =
                GuidPartitionTable.read(disk()).partitions().get(0);

        assertThat(image.name()).isEqualTo("image");
        try (var in = Files.newInputStream(disk())) {
            in.skipNBytes(image.offset());
            assertThat(in.readNBytes(content.bytes().length)).isEqualTo(content.bytes());
        }
    }

    @Test
    void reportsAnActionThatFails() {
        assertThat(story.failing()).isEqualTo(StateType.FAILED);
        assertThat(story.failureMessage()).contains("exit code 3");
    }

    @Test
    void reportsAnActionThatTakesTooLong() {
        assertThat(story.hanging()).isEqualTo(StateType.TIMEOUT);
    }

    @Test
    void makesAndSharesTheDirectoriesThatVolumesName() {
        assertThat(story.sharing()).isEqualTo(StateType.SUCCESS);
    }

    @Test
    void showsOnTheConsoleWhatActionsWrite() {
        assertThat(story.console()).contains("write | told apart", "write ! from this");
    }

    @Test
    void powersOffWhenAnActionAsksForIt() {
        assertThat(story.exitStatus()).isZero();
        assertThat(story.console()).contains("osie-build: shutdown-poweroff").doesNotContain("did not stop within");
    }

    @Test
    void isSmallerThanSlimWithDocker() throws IOException {
        long docker = Files.size(pair("slim").initramfs());
        long containerd = Files.size(pair("slim-containerd").initramfs());
        System.out.println("initramfs of slim: " + docker / MEGABYTE + " MB, of slim-containerd: "
                + containerd / MEGABYTE + " MB");

        assertThat(docker - containerd).isGreaterThan(20L * MEGABYTE);
    }

    private static Story boot() throws Exception {
        DiskImage.createIfMissing(disk(), 256L * MEBIBYTE);
        try (WorkflowServer server = WorkflowServer.start();
                VirtualMachine machine = VirtualMachine.start(command(server), LOG)) {
            Workflow provisioning = server.workflow(
                    WORKER, "lab/provision", actions.partition(), actions.writeImage(), actions.verify());
            Workflow failing = server.workflow(WORKER, "lab/fail", actions.misbehave("fail", "exit 3"));
            Workflow hanging = server.workflow(
                    WORKER, "lab/hang", actions.misbehave("hang", "sleep 600").setTimeout(5));
            Workflow sharing = server.workflow(
                    WORKER,
                    "lab/share",
                    actions.misbehave("write", "echo told apart; echo from this >&2; echo here >/shared/file")
                            .addVolumes("/var/lib/lab/new:/shared"),
                    actions.misbehave("read", "grep here /shared/file").addVolumes("/var/lib/lab/new:/shared:ro"));

            StateType provisioned = provisioning.await(WORKFLOW);
            StateType failed = failing.await(MOMENT);
            StateType hung = hanging.await(MOMENT);
            StateType shared = sharing.await(MOMENT);
            server.workflow(
                    WORKER,
                    "lab/leave",
                    actions.misbehave("leave", "echo >/worker/poweroff").addVolumes("/worker:/worker"));
            int status = machine.awaitEnd(MOMENT);
            return new Story(
                    provisioned,
                    provisioning.history(),
                    failed,
                    failing.reports().stream()
                            .reduce((first, last) -> last)
                            .map(report -> report.getMessage().getMessage())
                            .orElse(""),
                    hung,
                    shared,
                    status,
                    machine.screen());
        }
    }

    private static List<String> command(WorkflowServer server) {
        return Qemu.find(Architecture.X86_64)
                .command(
                        new Machine(
                                pair("slim-containerd"),
                                Accelerator.TCG,
                                Machine.DEFAULT_MEMORY,
                                2,
                                Optional.of(disk()),
                                List.of(),
                                List.of(
                                        "grpc_authority=" + ProvisioningActions.HOST + ":" + server.port(),
                                        "worker_id=" + WORKER)),
                        false);
    }

    private static BootPair pair(String flavor) {
        return BootPair.in(directory.resolve(flavor), flavor, Architecture.X86_64);
    }

    private static Path disk() {
        return directory.resolve("disk.img");
    }
}
