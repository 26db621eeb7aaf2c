package dev.osie.build.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QemuTest {
    @TempDir
    private Path directory;

    private Qemu qemu;

    @BeforeEach
    void installQemu() throws IOException {
        Path program = Files.createFile(directory.resolve("qemu-system-x86_64"));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        qemu = Qemu.find(Architecture.X86_64, "/nowhere:" + directory);
    }

    @Test
    void saysWhatToInstallWhenThereIsNoQemu() {
        assertThatThrownBy(() -> Qemu.find(Architecture.X86_64, "/nowhere"))
                .isInstanceOfSatisfying(BuildException.class, failure -> {
                    assertThat(failure.kind().exitCode()).isEqualTo(5);
                    assertThat(failure.hint().orElseThrow())
                            .contains("apt install qemu-system-x86", "brew install qemu", "dnf install");
                });
    }

    @Test
    void aUsersKernelArgumentsComeLastSoThatTheyWin() {
        Machine machine = machine(Optional.empty(), List.of(), List.of("worker_id=a", "console=tty0"));

        assertThat(option(machine, "-append")).isEqualTo("quiet console=ttyS0 worker_id=a console=tty0");
    }

    @Test
    void aCommaInTheDisksNameDoesNotEndTheName() {
        Machine machine = machine(Optional.of(Path.of("/disks/a,readonly=on.img")), List.of(), List.of());

        assertThat(option(machine, "-drive")).endsWith("file=/disks/a,,readonly=on.img");
    }

    @Test
    void forwardedPortsListenOnTheLoopbackInterfaceOnly() {
        Machine machine = machine(Optional.empty(), List.of(new Machine.Forward(2222, 22)), List.of());

        assertThat(option(machine, "-netdev")).isEqualTo("user,id=net0,hostfwd=tcp:127.0.0.1:2222-:22");
    }

    @Test
    void ctrlAReachesTheGuestUnlessTheConsoleIsATerminal() {
        Machine machine = machine(Optional.empty(), List.of(), List.of());

        assertThat(qemu.command(machine, true)).containsSubsequence("-serial", "mon:stdio");
        assertThat(qemu.command(machine, false)).containsSubsequence("-serial", "stdio");
    }

    @Test
    void triesOnlyAcceleratorsOfTheHostsSystemAndArchitecture() {
        AcceleratorProbe probe = new AcceleratorProbe(qemu);

        assertThat(probe.candidates("Linux", "amd64")).containsExactly(Accelerator.KVM);
        assertThat(probe.candidates("Mac OS X", "x86_64")).containsExactly(Accelerator.HVF);
        assertThat(probe.candidates("Mac OS X", "aarch64")).isEmpty();
        assertThat(probe.candidates("Linux", "aarch64")).isEmpty();
        assertThat(probe.candidates("Windows 11", "amd64")).isEmpty();
    }

    @Test
    void anAcceleratorWhoseQemuCannotStartDoesNotWork() {
        // The installed program is an empty file.
        assertThat(new AcceleratorProbe(qemu).works(Accelerator.KVM)).isFalse();
    }

    private String option(Machine machine, String name) {
        List<String> command = qemu.command(machine, false);
        return command.get(command.indexOf(name) + 1);
    }

    private static Machine machine(Optional<Path> disk, List<Machine.Forward> forwards, List<String> arguments) {
        BootPair pair = new BootPair(Architecture.X86_64, Path.of("vmlinuz"), Path.of("initramfs"), "quiet");
        return new Machine(pair, Accelerator.TCG, Machine.DEFAULT_MEMORY, 2, disk, forwards, arguments);
    }
}
