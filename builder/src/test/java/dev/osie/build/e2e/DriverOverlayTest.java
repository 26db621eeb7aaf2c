package dev.osie.build.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.platform.Architecture;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import dev.osie.build.vm.Accelerator;
import dev.osie.build.vm.BootPair;
import dev.osie.build.vm.Machine;
import dev.osie.build.vm.Qemu;
import dev.osie.worker.docker.DockerDaemon;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The overlay {@code driver} of this project: its module is compiled in a container, loaded on a machine as the overlays say, and refused
 * for another kernel.
 */
@Tag("vm")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
final class DriverOverlayTest {
    private static final Duration BOOT = Duration.ofMinutes(4);
    private static final Duration MOMENT = Duration.ofSeconds(60);
    private static final Path LOG =
            Path.of("target", "vm-logs", "driver-overlay-test.log").toAbsolutePath();

    private static final String FLAVOR = """
            osie:
              pieces: [init, console]
              kernel: { use: debian-lts, modules: [platform, containers] }
            kernel: { cmdline: console=ttyS0 }
            """;

    /** Both devices are in the machine. */
    private static final String OVERLAY = """
            osie:
              kernel:
                modules.add: [dummy, e1000, i6300esb]
                blacklist.add: [i6300esb]
                load.add: [dummy]
            """;

    @TempDir
    private static Path directory;

    @TempDir
    private static Path daemonDirectory;

    private static DockerDaemon docker;
    private static OsieBuild osieBuild;
    private static String flavor;
    private static String lock;
    private static OsieBuild.Result built;
    private static String loaded;
    private static String greeting;
    private static String parameter;
    private static String blacklisted;

    @BeforeAll
    static void buildAndBoot() throws Exception {
        docker = DockerDaemon.start(daemonDirectory);
        osieBuild = Project.checkout()
                .osieBuild()
                .cachingIn(Reference.build().cache())
                .with("DOCKER_HOST", "unix://" + daemonDirectory.resolve("docker.sock"));
        lock = directory.resolve("osie.lock").toString();
        flavor = Files.writeString(directory.resolve("lab.yaml"), FLAVOR).toString();
        Path pair = directory.resolve("pair");
        built = osieBuild
                .run(
                        "build",
                        flavor,
                        "--overlay",
                        "driver",
                        "--overlay",
                        Files.writeString(directory.resolve("overlay.yaml"), OVERLAY)
                                .toString(),
                        "--lock",
                        lock,
                        "--output",
                        pair.toString())
                .succeeded();
        List<String> command = new ArrayList<>(Qemu.find(Architecture.X86_64)
                .command(
                        new Machine(
                                BootPair.in(pair, "lab", Architecture.X86_64),
                                Accelerator.TCG,
                                Machine.DEFAULT_MEMORY,
                                2,
                                Optional.empty(),
                                List.of(),
                                List.of()),
                        false));
        command.addAll(List.of("-device", "i6300esb", "-device", "e1000,romfile="));
        try (VirtualMachine machine = VirtualMachine.start(command, LOG)) {
            machine.waitFor("osie-build: services [\\d.]+", BOOT);
            // Nothing of the kernel between the lines of what is looked at from here on.
            machine.shell("dmesg -n 1", MOMENT);
            greeting = machine.shell("dmesg | grep 'hello, '", MOMENT);
            parameter = machine.shell("cat /sys/module/hello/parameters/name", MOMENT);
            loaded = machine.shell("cut -d ' ' -f 1 /proc/modules", MOMENT);
            blacklisted = machine.shell("/usr/sbin/modprobe -n -v i6300esb", MOMENT);
        }
    }

    @AfterAll
    static void stopDocker() throws Exception {
        if (docker != null) {
            docker.stop();
        }
    }

    /** Builds the archive with an overlay. */
    private static OsieBuild.Result build(Path output, String overlay) throws Exception {
        return osieBuild
                .run(
                        "build",
                        flavor,
                        "--overlay",
                        overlay,
                        "--format",
                        "tar",
                        "--lock",
                        lock,
                        "--output",
                        output.toString())
                .succeeded();
    }

    @Test
    void loadsTheModuleWithItsParameter() {
        assertThat(greeting).contains("hello, overlay");
        assertThat(parameter).isEqualTo("overlay\n");
    }

    @Test
    void loadsInTheOrderOfTheOverlays() {
        // The latest is the first.
        assertThat(loaded.lines()).containsSubsequence("dummy", "hello");
    }

    @Test
    void leavesOutWhatIsBlacklistedThoughTheDeviceIsThere() {
        assertThat(blacklisted).contains("/i6300esb.ko");
        assertThat(loaded.lines()).contains("e1000").doesNotContain("i6300esb");
    }

    @Test
    void saysThatTheModuleIsNotSigned() {
        assertThat(built.errors()).contains("not signed: hello; ", "but not under Secure Boot");
    }

    @Test
    void buildsTheSameModuleElsewhere() throws Exception {
        Path again = directory.resolve("again");
        Project.copy(Project.checkout().directory().resolve("linuxkit-templates/overlays/driver"), again);
        // Another source, as far as the store is concerned.
        Files.writeString(again.resolve("README"), "The same module.\n");
        Path overlay = Files.writeString(
                directory.resolve("again.yaml"), "osie: { kernel: { drivers.add: [{ source: again }] } }\n");

        OsieBuild.Result result = build(directory.resolve("second"), overlay.toString());

        assertThat(result.errors()).contains("hello.ko of again");
        assertThat(module(directory.resolve("second"))).isEqualTo(module());
    }

    @Test
    void refusesTheModuleForAnotherKernel() throws Exception {
        Project copy = Project.checkout().copyTo(directory.resolve("project"));
        Files.write(copy.directory().resolve("hello.ko"), module());
        copy.write("lab.yaml", """
                osie:
                  kernel: { use: debian-cloud, modules: cloud, drivers.add: [{ files: [hello.ko] }] }
                """);

        OsieBuild.Result refused = new OsieBuild(List.of(), copy, osieBuild.environment()).run("modules", "lab.yaml");

        assertThat(refused.exitCode()).as(refused.errors()).isEqualTo(2);
        assertThat(refused.errors())
                .contains("lab.yaml:2:", "The kernel module hello.ko does not fit linux 6.")
                .containsPattern(
                        "it is made for '6[^']*-amd64 SMP [^']*', and this kernel's own modules for '6[^']*-cloud-amd64 SMP ");
    }

    private static byte[] module() throws Exception {
        Path output = directory.resolve("archive");
        build(output, "driver");
        return module(output);
    }

    /** The module in the archive of a tree. */
    private static byte[] module(Path output) throws Exception {
        Tree tree = TarLayer.read(output.resolve("lab-x86_64.tar")).tree();
        Node module = tree.nodes().entrySet().stream()
                .filter(entry -> entry.getKey().endsWith("/updates/hello.ko"))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow();
        try (InputStream in = ((Node.RegularFile) module).content().open()) {
            return in.readAllBytes();
        }
    }
}
