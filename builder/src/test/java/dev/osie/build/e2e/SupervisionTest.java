package dev.osie.build.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.platform.Architecture;
import dev.osie.build.vm.Accelerator;
import dev.osie.build.vm.BootPair;
import dev.osie.build.vm.Machine;
import dev.osie.build.vm.Qemu;
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
 * What {@code osie: services} promises, seen on a machine: order, readiness, restarts, limits, and what a hardened container can't do.
 * One machine is booted, with services of busybox alone; its story is looked at from several sides.
 */
@Tag("vm")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class SupervisionTest {
    private static final Duration BOOT = Duration.ofMinutes(4);
    private static final Duration MOMENT = Duration.ofSeconds(60);
    private static final Path LOG =
            Path.of("target", "vm-logs", "supervision-test.log").toAbsolutePath();

    @TempDir
    private static Path directory;

    private static Story story;

    /** What happened on the machine. */
    private record Story(
            String list,
            String failed,
            String limits,
            String limitedLog,
            String freeLog,
            String afterStop,
            String afterStart,
            int exitStatus,
            String console) {}

    @BeforeAll
    static void bootOnce() throws Exception {
        Path pair = directory.resolve("pair");
        Path flavor = Path.of("src/test/resources/flavors/supervised.yaml").toAbsolutePath();
        Project.checkout()
                .osieBuild()
                .cachingIn(Reference.build().cache())
                .run(
                        "build",
                        flavor.toString(),
                        "--lock",
                        directory.resolve("osie.lock").toString(),
                        "--output",
                        pair.toString())
                .succeeded();
        BootPair built = BootPair.in(pair, "supervised", Architecture.X86_64);
        try {
            story = boot(built);
        } catch (VirtualMachine.EmulatorFault e) {
            System.out.println(e.getMessage() + ". Booting once more.");
            story = boot(built);
        }
    }

    @Test
    void startsAServiceOnceThoseBeforeItAreReady() {
        assertThat(story.console())
                .containsSubsequence(
                        "test: hello z-first",
                        "osie-build: z-first ready (",
                        "test: hello m-middle",
                        "test: hello a-last");
    }

    @Test
    void startsTheFirstServicesBeforeTheOthers() {
        assertThat(story.console()).containsSubsequence("test: hello deaf", "test: hello asked");
        assertThat(story.console()).containsSubsequence("test: hello deaf", "test: hello z-first");
    }

    @Test
    void asksForReadinessInEveryWay() {
        assertThat(story.console())
                .containsPattern("z-first ready \\([3-9]|z-first ready \\(\\d\\d")
                .containsSubsequence("osie-build: web ready (", "test: hello dialled")
                .containsSubsequence("osie-build: web ready (", "osie-build: dialled ready (")
                .contains("osie-build: asked ready (");
    }

    @Test
    void reportsAServiceThatIsNotReadyInTimeAndGoesOn() {
        assertThat(story.console())
                .containsSubsequence("test: hello deaf", "osie-build: deaf is not ready after", "test: hello patient");
        assertThat(story.failed()).contains("deaf not-ready");
    }

    @Test
    void startsAServiceThatEndsAgainEachTimeLater() {
        assertThat(story.console())
                .containsSubsequence(
                        "osie-build: crash ended with status 3 after",
                        "starting it again in 1 s",
                        "osie-build: crash ended with status 3 after",
                        "starting it again in 2 s",
                        "osie-build: crash ended with status 3 after",
                        "starting it again in 4 s");
    }

    @Test
    void leavesAServiceDownWhenTheDocumentSaysSo() {
        assertThat(story.console())
                .contains("osie-build: once ended with status 5 after", "osie-build: content ended with status 0 after")
                .containsOnlyOnce("osie-build: once ended")
                .containsOnlyOnce("osie-build: content ended");
        assertThat(story.failed()).contains("once 5").doesNotContain("content");
        assertThat(story.list()).containsPattern("once +ended +- +0 ").containsPattern("content +ended +- +0 ");
    }

    @Test
    void listsStatesReadinessAndRestarts() {
        assertThat(story.list())
                .containsPattern("NAME +STATE +PID +RESTARTS +FOR")
                .containsPattern("z-first +ready +\\d+ +0  0:0\\d:\\d\\d")
                .containsPattern("deaf +started +\\d+ +0 ")
                .containsPattern("getty +running +\\d+ +0 ")
                .containsPattern("crash +[a-z-]+ +[-\\d]+ +[1-9]\\d* ");
    }

    @Test
    void setsLimitsOfTheUnifiedHierarchy() {
        assertThat(story.limits()).isEqualTo("33554432\n20\n");
    }

    @Test
    void hardensContainersUnlessTheDocumentSaysOtherwise() {
        assertThat(story.limitedLog()).contains("unshare 1", "timers 0", "sysctl 1", "privileges 1");
        assertThat(story.freeLog())
                .contains("unshare 0", "sysctl 0", "privileges 0")
                .doesNotContain("timers 0\n");
    }

    @Test
    void stopsAndStartsAServiceWhenAsked() {
        assertThat(story.afterStop()).containsPattern("patient +stopped +- ");
        assertThat(story.afterStart()).containsPattern("patient +running +\\d+ +0 ");
    }

    @Test
    void stopsServicesInTheReverseOfTheirOrder() {
        assertThat(story.exitStatus()).isZero();
        assertThat(story.console())
                .containsSubsequence(
                        "osie-build: shutdown-poweroff", "test: bye a-last", "test: bye m-middle", "test: bye z-first")
                .contains("reboot: Power down")
                .doesNotContain("did not stop within");
    }

    private static Story boot(BootPair pair) throws Exception {
        Machine machine =
                new Machine(pair, Accelerator.TCG, 1024, 2, Optional.empty(), List.of(), List.of("rootfstype=ramfs"));
        try (VirtualMachine vm =
                VirtualMachine.start(Qemu.find(Architecture.X86_64).command(machine, false), LOG)) {
            vm.waitFor("osie-build: services [\\d.]+", BOOT);
            vm.waitFor("osie-build: crash ended .* in 4 s", MOMENT);
            String list = vm.shell("service list", MOMENT);
            String failed = vm.shell("cat /run/osie/failed", MOMENT);
            String limits = vm.shell("cat /sys/fs/cgroup/limited/memory.max /sys/fs/cgroup/limited/pids.max", MOMENT);
            String limitedLog = vm.shell("cat /var/log/limited.log", MOMENT);
            String freeLog = vm.shell("cat /var/log/free.log", MOMENT);
            String afterStop = vm.shell("service stop patient; service list", MOMENT);
            int position = vm.position();
            vm.shell("service start patient", MOMENT);
            vm.waitFor("osie-build: patient started", position, MOMENT);
            String afterStart = vm.shell("service list", MOMENT);
            vm.type("poweroff");
            int status = vm.awaitEnd(MOMENT);
            return new Story(list, failed, limits, limitedLog, freeLog, afterStop, afterStart, status, vm.screen());
        }
    }
}
