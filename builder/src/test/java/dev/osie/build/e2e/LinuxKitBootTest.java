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
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a LinuxKit document asks for is what its containers find on a machine. A small flavor without Docker, test/resources/flavors/linuxkit.yaml, is
 * booted once; its containers say what they see.
 */
@Tag("vm")
@Timeout(value = 12, unit = TimeUnit.MINUTES)
final class LinuxKitBootTest {
    private static final Pattern PROBE = Pattern.compile("probe: (\\S+) ?(.*)");
    private static final Duration BOOT = Duration.ofMinutes(5);
    private static final Path LOG =
            Path.of("target", "vm-logs", "linuxkit-boot-test.log").toAbsolutePath();

    @TempDir
    private static Path directory;

    private static Path pair;
    private static Map<String, String> seen;
    private static String console;

    @BeforeAll
    static void bootOnce() throws Exception {
        pair = directory.resolve("pair");
        Project project = Project.checkout().copyTo(directory.resolve("project"));
        Path resources = Project.checkout().directory().resolve("builder/src/test/resources");
        Project.copy(resources.resolve("recipes"), project.directory().resolve("images"));
        Project.copy(resources.resolve("flavors"), project.directory().resolve("linuxkit-templates/flavors"));
        project.write("kernel-configs/modules/linuxkit.yaml", """
                description: what the test needs
                modules:
                  all: [overlay, loop, veth, dummy]
                """);
        project.osieBuild()
                .cachingIn(Reference.build().cache())
                .run("build", "linuxkit", "--output", pair.toString())
                .succeeded();
        try {
            boot();
        } catch (VirtualMachine.EmulatorFault e) {
            System.out.println(e.getMessage() + ". Booting once more.");
            boot();
        }
    }

    private static void boot() throws Exception {
        Machine machine = new Machine(
                BootPair.in(pair, "linuxkit", Architecture.X86_64),
                Accelerator.TCG,
                1024,
                2,
                Optional.empty(),
                List.of(),
                List.of());
        try (VirtualMachine running =
                VirtualMachine.start(Qemu.find(Architecture.X86_64).command(machine, false), LOG)) {
            running.waitFor("reboot: Power down", BOOT);
            console = running.screen();
        }
        seen = new TreeMap<>();
        Matcher probes = PROBE.matcher(console);
        while (probes.find()) {
            seen.put(probes.group(1), probes.group(2).strip());
        }
    }

    @Test
    void interfacesAreMadeAndMovedIntoTheContainer() {
        assertThat(seen).containsEntry("net-links", "inner lo made moved").containsEntry("service-links", "eth7 lo");
        assertThat(seen.get("host-links")).contains("outer").doesNotContain("inner", "made", "moved");
    }

    @Test
    void namespacesAreBoundWhereTheDocumentSaysAndOutliveTheirContainer() {
        assertThat(seen)
                .containsEntry("host-bound", "netns/net ns/mnt ns/uts")
                .containsEntry("host-uts", "inside")
                .containsEntry("net-hostname", "inside");
        assertThat(seen.get("host-joined")).endsWith(" 4");
    }

    @Test
    void aSysctlIsTheContainersOwn() {
        assertThat(seen).containsEntry("net-forward", "0").containsEntry("host-forward", "1");
    }

    @Test
    void mountsOfAContainerThatSharesThemAreTheMachines() {
        assertThat(seen.get("host-propagated")).isNotIn(null, "0");
    }

    @Test
    void mountsOfTheDocumentAreMadeBeforeTheContainerIsCreated() {
        assertThat(seen).containsEntry("early", "ro").containsEntry("early-write", "no");
    }

    @Test
    void aVolumeIsKeptFromContainerToContainer() {
        assertThat(seen)
                .containsEntry("volume-blank", "0")
                .containsEntry("volume-write", "yes")
                .containsEntry("volume-kept", "kept")
                .containsEntry("service-volume", "kept");
    }

    @Test
    void aReadOnlyVolumeCannotBeWrittenByAnyWay() {
        assertThat(seen)
                .containsEntry("seed-has-busybox", "yes")
                .containsEntry("seed-write", "no")
                .containsEntry("seed-write-by-path", "no");
    }

    @Test
    void aVolumeOfTheFormatOciHoldsTheImageWhole() {
        assertThat(seen).containsEntry("image", "blobs index.json oci-layout").containsEntry("image-whole", "");
        assertThat(seen.get("image-blobs")).matches("[4-9]");
    }

    @Test
    void theRootOfAReadOnlyContainerIsReadOnly() {
        assertThat(seen).containsEntry("root-write", "no").containsEntry("made", "yes");
    }

    @Test
    void everyContainerHasLinuxKitsHostsAndNoNameServers() {
        assertThat(seen).containsEntry("hosts", "160").containsEntry("resolv", "# no resolv.conf configured");
    }

    @Test
    void usersAreNumberedByTheirContainers() {
        assertThat(seen).containsEntry("user", "106 101");
    }

    @Test
    void theFilesOfARecipeAreWhatItSays() {
        assertThat(seen)
                .containsEntry("kinds-user", "110 110 app")
                .containsEntry("kinds-setuid", "4755 app disk 2")
                .containsEntry("kinds-shell", "2")
                .containsEntry("kinds-null", "666 character special file 1:3")
                .containsEntry("kinds-disk", "disk block special file 8:11")
                .containsEntry("kinds-pipe", "fifo")
                .containsEntry("kinds-tmp", "1777")
                .containsEntry("kinds-label", "labelled");
    }

    @Test
    void resourcesAreLimitedInTheUnifiedHierarchy() {
        assertThat(seen)
                .containsEntry("cgroup", "0::/probe/limits")
                .containsEntry("pids", "33")
                .containsEntry("memory", "67108864")
                .containsEntry("service-pids", "44")
                .containsEntry("rlimit", "100 200");
    }

    @Test
    void containersOfOnshutdownRunWhenTheMachineIsPoweredOff() {
        assertThat(seen).containsEntry("farewell", "late lo");
        assertThat(console).doesNotContain("failed with status");
    }
}
