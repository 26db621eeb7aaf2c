package dev.osie.build.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.e2e.GuidPartitionTable.Partition;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
 * What the product is for: the freshly built pair, with some containers that run once, boots, and its worker runs workflows. One machine is booted for each
 * architecture; its story is recorded once and looked at from several sides. The console is kept in target/vm-logs.
 */
@Tag("vm")
@ParameterizedClass
@EnumSource
@Timeout(value = 15, unit = TimeUnit.MINUTES)
final class BootTest {
    private static final String WORKER = "52:54:00:12:34:56";

    private static final int MEBIBYTE = DiskContent.MEBIBYTE;
    private static final Duration BOOT = Duration.ofMinutes(4);
    private static final Duration WORKFLOW = Duration.ofMinutes(4);
    private static final Duration MOMENT = Duration.ofSeconds(90);

    @TempDir
    private static Path directory;

    private static Registry registry;
    private static DiskContent content;
    private static Reference reference;
    private static Architecture architecture;
    private static ProvisioningActions actions;
    private static Story story;

    @Parameter
    private Architecture asked;

    /** What happened on the machine. */
    private record Story(
            String machine,
            StateType provisioning,
            List<String> provisioningHistory,
            StateType failing,
            String failureMessage,
            StateType hanging,
            String failedSteps,
            String onbootLogs,
            String dockerBefore,
            String dockerAfter,
            StateType afterRestart,
            StateType leaving,
            int exitStatus,
            String console) {}

    @BeforeAll
    static void serve() throws Exception {
        reference = Reference.build();
        registry = Registry.start(directory);
        ActionImages.push(directory.resolve("actions"), reference, registry);
        content = DiskContent.serve();
    }

    @BeforeParameterizedClassInvocation
    static void bootOnce(Architecture guest) throws Exception {
        architecture = guest;
        actions = new ProvisioningActions(registry, content, guest);
        Project.checkout()
                .osieBuild()
                .cachingIn(reference.cache())
                .run(
                        "build",
                        "hook",
                        "--arch",
                        guest.toString(),
                        "--overlay",
                        Path.of("src/test/resources/overlays/once.yaml")
                                .toAbsolutePath()
                                .toString(),
                        "--lock",
                        reference.lock().toString(),
                        "--output",
                        pair().toString())
                .succeeded();
        try {
            story = boot();
        } catch (VirtualMachine.EmulatorFault e) {
            System.out.println(e.getMessage() + ". Booting once more.");
            Files.delete(disk());
            story = boot();
        }
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
    void isOfTheArchitectureThatWasAskedFor() {
        assertThat(story.machine()).contains("machine=" + asked + "\n");
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
        List<Partition> partitions = GuidPartitionTable.read(disk()).partitions();

        assertThat(partitions).extracting(Partition::name).containsExactly("image", "rest");
        assertThat(partitions.get(0).size()).isEqualTo(64L * MEBIBYTE);
        assertThat(partitions.get(1).size()).isGreaterThan(100L * MEBIBYTE);
        assertThat(firstBytes(partitions.get(0))).isEqualTo(content.bytes());
    }

    @Test
    void reportsAnActionThatFails() {
        assertThat(story.failing()).isEqualTo(StateType.FAILED);
        assertThat(story.failureMessage()).contains("3");
    }

    @Test
    void reportsAnActionThatTakesTooLong() {
        assertThat(story.hanging()).isEqualTo(StateType.TIMEOUT);
    }

    @Test
    void runsOnbootContainersInOrderPastOneThatFails() {
        assertThat(story.failedSteps()).contains("002-broken 7").doesNotContain("000-udev", "001-first", "003-last");
        assertThat(story.onbootLogs()).containsSubsequence("the first", "about to fail", "the last");
        assertThat(story.console()).contains("002-broken failed with status 7", "osie-build:     about to fail");
    }

    @Test
    void startsAKilledServiceAgainAndKeepsWorking() {
        assertThat(story.dockerAfter()).isNotEmpty().isNotEqualTo(story.dockerBefore());
        assertThat(story.afterRestart()).isEqualTo(StateType.SUCCESS);
    }

    @Test
    void powersOffCleanlyWhenAnActionAsksForItAndItsSuccessIsReported() {
        assertThat(story.leaving()).isEqualTo(StateType.SUCCESS);
        assertThat(story.exitStatus()).isZero();
        assertThat(story.console())
                .contains(
                        "osie-build: poweroff was asked for",
                        "osie-build: shutdown-poweroff",
                        "farewell from onshutdown")
                .containsPattern("reboot: Power down")
                .doesNotContain("did not stop within");
    }

    private static Story boot() throws Exception {
        DiskImage.createIfMissing(disk(), 256L * MEBIBYTE);
        try (WorkflowServer server = WorkflowServer.start();
                VirtualMachine machine = VirtualMachine.start(command(server), log())) {
            Workflow provisioning = server.workflow(
                    WORKER, "lab/provision", actions.partition(), actions.writeImage(), actions.verify());
            Workflow failing = server.workflow(WORKER, "lab/fail", actions.misbehave("fail", "exit 3"));
            Workflow hanging = server.workflow(
                    WORKER, "lab/hang", actions.misbehave("hang", "sleep 600").setTimeout(5));

            machine.waitFor("osie-build: services [\\d.]+", BOOT);
            StateType provisioned = provisioning.await(WORKFLOW);
            StateType failed = failing.await(MOMENT);
            StateType hung = hanging.await(MOMENT);
            // Marked, as the worker writes to the same console.
            String kind = machine.shell("echo machine=$(uname -m)", MOMENT);
            String failedSteps = machine.shell("cat /run/osie/failed", MOMENT);
            String onbootLogs = machine.shell("cat /var/log/onboot/*.log", MOMENT);

            String before = dockerProcess(machine);
            int position = machine.position();
            machine.shell("kill -9 " + before, MOMENT);
            machine.waitFor("osie-build: docker [\\d.]+", position, MOMENT);
            String after = dockerProcess(machine);
            StateType afterRestart = server.workflow(WORKER, "lab/again", actions.misbehave("succeed", "exit 0"))
                    .await(MOMENT);

            // Asks for the end before its own: the server must know of its success when the machine has gone.
            Workflow leaving = server.workflow(
                    WORKER,
                    "lab/leave",
                    actions.misbehave("leave", "echo > /worker/poweroff; sleep 2")
                            .addVolumes("/worker:/worker"));
            StateType left = leaving.await(MOMENT);
            int status = machine.awaitEnd(MOMENT);
            return new Story(
                    kind,
                    provisioned,
                    provisioning.history(),
                    failed,
                    failing.reports().stream()
                            .reduce((first, last) -> last)
                            .map(report -> report.getMessage().getMessage())
                            .orElse(""),
                    hung,
                    failedSteps,
                    onbootLogs,
                    before,
                    after,
                    afterRestart,
                    left,
                    status,
                    machine.screen());
        }
    }

    private static List<String> command(WorkflowServer server) {
        // TCG even where something faster works: the test is the same everywhere.
        return Qemu.find(architecture)
                .command(
                        new Machine(
                                BootPair.in(pair(), "hook", architecture),
                                Accelerator.TCG,
                                Machine.DEFAULT_MEMORY,
                                2,
                                Optional.of(disk()),
                                List.of(),
                                List.of(
                                        "grpc_authority=" + ProvisioningActions.HOST + ":" + server.port(),
                                        "insecure_registries=" + ProvisioningActions.HOST + ":" + registry.port(),
                                        "worker_id=" + WORKER)),
                        false);
    }

    private static String dockerProcess(VirtualMachine machine) throws IOException, InterruptedException {
        Matcher answer = Pattern.compile("pid=(\\d+)").matcher(machine.shell("echo pid=$(pidof dockerd)", MOMENT));
        return answer.find() ? answer.group(1) : "";
    }

    private static byte[] firstBytes(Partition partition) throws IOException {
        try (var in = Files.newInputStream(disk())) {
            in.skipNBytes(partition.offset());
            return in.readNBytes(content.bytes().length);
        }
    }

    private static Path pair() {
        return directory.resolve("pair-" + architecture);
    }

    private static Path disk() {
        return directory.resolve("disk-" + architecture + ".img");
    }

    private static Path log() {
        return Path.of("target", "vm-logs", "boot-test-" + architecture + ".log")
                .toAbsolutePath();
    }
}
