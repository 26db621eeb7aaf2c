package dev.osie.build.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.platform.Architecture;
import dev.osie.build.vm.Accelerator;
import dev.osie.build.vm.BootPair;
import dev.osie.build.vm.Machine;
import dev.osie.build.vm.Qemu;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the pieces clock, ssh and registry-mirrors promise: one machine with the flavor debug is booted, looked into over SSH, and its
 * answers are looked at from several sides.
 */
@Tag("vm")
@Timeout(value = 12, unit = TimeUnit.MINUTES)
final class DebugFlavorTest {
    private static final Duration BOOT = Duration.ofMinutes(4);
    private static final Duration MOMENT = Duration.ofSeconds(90);
    private static final Duration AHEAD = Duration.ofDays(40);
    private static final Path LOG =
            Path.of("target", "vm-logs", "debug-flavor-test.log").toAbsolutePath();

    @TempDir
    private static Path directory;

    private static Path pair;
    private static Story story;

    /** What happened on the machine. */
    private record Story(
            String console,
            Duration clockError,
            String user,
            String strangerIsTold,
            String passwordIsTold,
            String dockerSettings,
            int exitStatus) {}

    @BeforeAll
    static void bootOnce() throws Exception {
        Reference reference = Reference.build();
        pair = directory.resolve("pair");
        generateKey("operator");
        generateKey("stranger");
        Project.checkout()
                .osieBuild()
                .cachingIn(reference.cache())
                .run(
                        "build",
                        "debug",
                        "--overlay",
                        "mirrors",
                        "--set",
                        "SSH_AUTHORIZED_KEYS="
                                + Files.readString(key("operator.pub")).strip(),
                        "--lock",
                        directory.resolve("debug.lock").toString(),
                        "--output",
                        pair.toString())
                .succeeded();
        try {
            story = boot();
        } catch (VirtualMachine.EmulatorFault e) {
            System.out.println(e.getMessage() + ". Booting once more.");
            story = boot();
        }
    }

    @Test
    void setsTheClockBeforeAnyServiceStarts() {
        assertThat(story.console()).containsSubsequence("osie-build: clock set from 10.0.2.2:", "osie-build: onboot ");
        assertThat(story.clockError()).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void letsInWhoHasTheKey() {
        assertThat(story.user()).contains("uid=0(root)").containsPattern("pid-1=.*/usr/sbin/init");
    }

    @Test
    void letsInNobodyElse() {
        assertThat(story.strangerIsTold()).contains("Permission denied (publickey)");
        assertThat(story.passwordIsTold()).contains("Permission denied (publickey)");
    }

    @Test
    void dockerHasTheMirrorOfTheBuild() {
        assertThat(story.dockerSettings())
                .contains("\"registry-mirrors\": [\"http://registry.lab.example:5000\"]")
                // The kernel's command line wins over what was built in.
                .contains("\"insecure-registries\": [\"10.0.2.2:5000\"]");
    }

    @Test
    void powersOffOverSsh() {
        assertThat(story.exitStatus()).isZero();
    }

    private static Story boot() throws Exception {
        int port = freePort();
        try (NtpServer time = NtpServer.start(AHEAD);
                VirtualMachine machine = VirtualMachine.start(command(time.port(), port), LOG)) {
            machine.waitFor("osie-build: ssh host key SHA256:", BOOT);
            machine.waitFor("osie-build: docker [\\d.]+", BOOT);
            machine.waitFor("eth0 has [\\s\\S]*eth0 has ", MOMENT);
            String told = ssh(port, "operator", "date +%s");
            Duration error = Duration.between(Instant.ofEpochSecond(Long.parseLong(told.strip())), time.now())
                    .abs();
            String user = ssh(port, "operator", "id; echo pid-1=$(tr '\\0' ' ' </proc/1/cmdline)");
            String settings = ssh(port, "operator", "cat /proc/$(pidof dockerd)/root/etc/docker/daemon.json");
            String stranger = ssh(port, "stranger", "true");
            String password = ssh(port, "operator", "true", "-o", "PubkeyAuthentication=no");
            ssh(port, "operator", "poweroff");
            int status = machine.awaitEnd(MOMENT);
            return new Story(machine.screen(), error, user, stranger, password, settings, status);
        }
    }

    private static List<String> command(int timePort, int sshPort) {
        return Qemu.find(Architecture.X86_64)
                .command(
                        new Machine(
                                BootPair.in(pair, "debug", Architecture.X86_64),
                                Accelerator.TCG,
                                2048,
                                2,
                                Optional.empty(),
                                List.of(new Machine.Forward(sshPort, 22)),
                                List.of("ntp_servers=10.0.2.2:" + timePort, "insecure_registries=10.0.2.2:5000")),
                        false);
    }

    /** What ssh and the command print, whether it succeeds or not. */
    private static String ssh(int port, String key, String command, String... options)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(HostTool.require("ssh", "openssh-client")
                .command(
                        "-F", "/dev/null",
                        "-p", Integer.toString(port),
                        "-i", key(key).toString(),
                        "-o", "IdentitiesOnly=yes",
                        "-o", "BatchMode=yes",
                        "-o", "ConnectTimeout=30",
                        "-o", "LogLevel=ERROR",
                        "-o", "StrictHostKeyChecking=no",
                        "-o", "UserKnownHostsFile=" + directory.resolve("known-hosts")));
        all.addAll(List.of(options));
        all.addAll(List.of("root@127.0.0.1", command));
        Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
        process.getOutputStream().close();
        if (!process.waitFor(MOMENT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("ssh did not end within " + MOMENT.toSeconds() + " s: " + command);
        }
        return new String(process.getInputStream().readAllBytes());
    }

    private static void generateKey(String name) throws InterruptedException {
        HostTool.require("ssh-keygen", "openssh-client")
                .run(
                        "-q",
                        "-t",
                        "ed25519",
                        "-N",
                        "",
                        "-C",
                        name,
                        "-f",
                        key(name).toString());
    }

    private static Path key(String name) {
        return directory.resolve(name);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
