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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class QemuTest {
    @TempDir
    private Path directory;

    private Qemu qemu;
    private Qemu arm;

    @BeforeEach
    void installQemu() throws IOException {
        qemu = install(Architecture.X86_64);
        arm = install(Architecture.AARCH64);
    }

    private Qemu install(Architecture architecture) throws IOException {
        Path program = Files.createFile(directory.resolve("qemu-system-" + architecture));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return Qemu.find(architecture, "/nowhere:" + directory);
    }

    @ParameterizedTest
    @CsvSource({
        "X86_64, apt install qemu-system-x86 (Debian, dnf install qemu-system-x86-core (Fedora)",
        "AARCH64, apt install qemu-system-arm (Debian, dnf install qemu-system-aarch64-core (Fedora)"
    })
    void saysWhatToInstallWhenThereIsNoQemu(Architecture architecture, String debian, String fedora) {
        assertThatThrownBy(() -> Qemu.find(architecture, "/nowhere"))
                .isInstanceOfSatisfying(BuildException.class, failure -> {
                    assertThat(failure.kind().exitCode()).isEqualTo(5);
                    assertThat(failure).hasMessageContaining("qemu-system-" + architecture);
                    assertThat(failure.hint().orElseThrow()).contains(debian, fedora, "brew install qemu (macOS)");
                });
    }

    @Test
    void aBoardOfArmGetsTheConsoleAndUnderKvmTheInterruptControllerOfItsHost() {
        assertThat(arm.command(machine(arm, Accelerator.TCG), false))
                .containsSubsequence("-machine", "virt", "-accel", "tcg", "-cpu", "cortex-a72")
                .contains("quiet console=ttyAMA0");
        assertThat(arm.command(machine(arm, Accelerator.HVF), false))
                .containsSubsequence("-machine", "virt", "-accel", "hvf", "-cpu", "host");
        assertThat(arm.command(machine(arm, Accelerator.KVM), false))
                .containsSubsequence("-machine", "virt,gic-version=host", "-accel", "kvm", "-cpu", "host");
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

        AcceleratorProbe armProbe = new AcceleratorProbe(arm);
        assertThat(armProbe.candidates("Mac OS X", "aarch64")).containsExactly(Accelerator.HVF);
        assertThat(armProbe.candidates("Linux", "aarch64")).containsExactly(Accelerator.KVM);
        assertThat(armProbe.candidates("Mac OS X", "x86_64")).isEmpty();
        assertThat(armProbe.candidates("Linux", "amd64")).isEmpty();
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

    private static Machine machine(Qemu qemu, Accelerator accelerator) {
        BootPair pair = new BootPair(qemu.architecture(), Path.of("vmlinuz"), Path.of("initramfs"), "quiet");
        return new Machine(pair, accelerator, Machine.DEFAULT_MEMORY, 2, Optional.empty(), List.of(), List.of());
    }

    private static Machine machine(Optional<Path> disk, List<Machine.Forward> forwards, List<String> arguments) {
        BootPair pair = new BootPair(Architecture.X86_64, Path.of("vmlinuz"), Path.of("initramfs"), "quiet");
        return new Machine(pair, Accelerator.TCG, Machine.DEFAULT_MEMORY, 2, disk, forwards, arguments);
    }
}
