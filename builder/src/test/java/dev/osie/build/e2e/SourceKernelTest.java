package dev.osie.build.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.docker.DockerDaemon;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A kernel of Debian's sources, as little of it as runs a shell: compiled in containers, configured natively, and booted. */
@Tag("vm")
@Timeout(3600)
final class SourceKernelTest {
    private static final Duration COMPILATION = Duration.ofMinutes(45);
    private static final Duration BOOT = Duration.ofSeconds(300);
    private static final Path LOG =
            Path.of("target", "vm-logs", "source-kernel-test.log").toAbsolutePath();
    private static final Pattern DIGEST = Pattern.compile("linux (6\\.12\\.\\d+), 1 modules, .*(sha256:[0-9a-f]{64})");

    private static final String SYSTEM = """
            osie:
              kernel: { use: tiny, modules: tiny }
            init: ["@image:shell"]
            files:
              - path: init
                mode: "0755"
                contents: |
                  #!/bin/busybox sh
                  b() { /bin/busybox "$@"; }
                  b mkdir -p /proc /sys
                  b mount -t proc proc /proc
                  b modprobe crc7
                  echo "up: $(b uname -r -v), $(b cat /proc/modules)."
                  b reboot -f
            """;

    @TempDir
    private static Path directory;

    @TempDir
    private static Path daemonDirectory;

    private static DockerDaemon docker;
    private static Project project;
    private static OsieBuild osieBuild;
    private static String first;

    @BeforeAll
    static void compileInAContainer() throws Exception {
        project = Project.checkout().copyTo(directory.resolve("project"));
        Path resources =
                Project.checkout().directory().resolve("builder/src/test/resources/dev/osie/build/e2e/tiny-kernel");
        Project.copy(resources, project.directory().resolve("kernel-configs"));
        project.write("kernel-configs/modules/tiny.yaml", "description: one\nmodules: { test: [crc7] }\n");
        docker = DockerDaemon.start(daemonDirectory);
        osieBuild = project.osieBuild()
                .cachingIn(directory.resolve("cache"))
                .with("DOCKER_HOST", "unix://" + daemonDirectory + "/docker.sock");
        first = compile("tiny");
    }

    @AfterAll
    static void stopDocker() throws Exception {
        if (docker != null) {
            docker.stop();
        }
    }

    private static String compile(String kernel, String... more) throws Exception {
        String[] arguments = Stream.concat(Stream.of("kernel", "build", kernel), Stream.of(more))
                .toArray(String[]::new);
        String errors = osieBuild.run(COMPILATION, arguments).succeeded().errors();
        Matcher digest = DIGEST.matcher(errors);
        assertThat(digest.find()).as(errors).isTrue();
        return digest.group(2);
    }

    @Test
    void isTheSameByteForByteInAnotherDirectoryAtAnotherTime() throws Exception {
        copyOfTiny("tiny-again");
        // It is so anyway; but the store doesn't know.
        project.write("kernel-configs/tiny-again/common/also.config", "# CONFIG_SOUND is not set\n");

        assertThat(compile("tiny-again")).isEqualTo(first);
    }

    @Test
    void bootsWithoutBeingCompiledAgain() throws Exception {
        Path out = directory.resolve("out");
        project.write("system.yaml", SYSTEM);
        osieBuild
                .with("DOCKER_HOST", "unix:///nowhere/docker.sock")
                .run("build", "system.yaml", "--output", out.toString())
                .succeeded();

        try (VirtualMachine machine = VirtualMachine.start(qemu(out), LOG)) {
            assertThat(machine.waitFor("^up: (.*)\\.$", BOOT).group(1))
                    .matches("6\\.12\\.\\d+ #1 \\w+ \\w+ +\\d+ [0-9:]+ UTC \\d+, crc7 .*");
            machine.awaitEnd(BOOT);
        }
    }

    private static List<String> qemu(Path out) {
        return HostTool.require("qemu-system-x86_64", "qemu-system-x86")
                .command(
                        "-accel",
                        "tcg,thread=single",
                        "-m",
                        "256",
                        "-nographic",
                        "-no-reboot",
                        "-net",
                        "none",
                        "-kernel",
                        out.resolve("vmlinuz-x86_64").toString(),
                        "-initrd",
                        out.resolve("initramfs-x86_64").toString(),
                        "-append",
                        "console=ttyS0 panic=-1");
    }

    @Test
    void namesNothingOfWhereItWasMade() throws Exception {
        Path files = directory.resolve("files");
        assertThat(compile("tiny", "--output", files.toString())).isEqualTo(first);

        try (Stream<Path> all = Files.walk(files)) {
            List<Path> found = all.filter(Files::isRegularFile).toList();
            assertThat(found)
                    .extracting(file -> file.getFileName().toString().replaceFirst("6\\.12\\.\\d+", "R"))
                    .contains("vmlinuz-R", "config-R", "crc7.ko.xz", "modules.order", "modules.builtin");
            // Every path of the sources, and of what is installed from them, leads through this directory.
            for (Path file : found) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain("tiny.build");
            }
        }
    }

    @Test
    void changesTheFragmentThatAsksForAnOptionAndAddsOthers() throws Exception {
        copyOfTiny("native");

        osieBuild
                .run("kernel", "config", "native", "--native", "--set", "CONFIG_CRC7=y", "--set", "CONFIG_CRC4=m")
                .succeeded();

        assertThat(project.directory().resolve("kernel-configs/native/common/boot.config"))
                .content()
                .contains("CONFIG_MODULE_COMPRESS_ALL=y\nCONFIG_CRC7=y\n# Nothing");
        assertThat(project.directory().resolve("kernel-configs/native/x86_64/console.config"))
                .content()
                .endsWith("# CONFIG_VGA_CONSOLE is not set\nCONFIG_CRC4=m\n");
    }

    @Test
    void saysWhichOptionWasMeant() throws Exception {
        copyOfTiny("typo");
        project.write("kernel-configs/typo/common/typo.config", "# Cyclic redundancy.\nCONFIG_CRC77=m\n");

        OsieBuild.Result result = osieBuild.run("kernel", "build", "typo", "--native");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errors())
                .contains("typo.config:2:1: linux-source-6.12 6.12.")
                .contains("has no option CONFIG_CRC77 — did you mean 'CONFIG_CRC7'?");
    }

    private static void copyOfTiny(String name) throws IOException {
        Path configs = project.directory().resolve("kernel-configs");
        Project.copy(configs.resolve("tiny"), configs.resolve(name));
        String document = Files.readString(configs.resolve("tiny.yaml"));
        project.write("kernel-configs/" + name + ".yaml", document.replace("series: tiny", "series: " + name));
    }
}
