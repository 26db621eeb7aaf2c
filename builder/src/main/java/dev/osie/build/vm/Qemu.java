package dev.osie.build.vm;

import static dev.osie.build.failure.BuildException.missingTool;

import dev.osie.build.platform.Architecture;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The installed QEMU for one architecture, and the command lines that it takes (QEMU 7 and newer). */
public final class Qemu {
    private final Path executable;
    private final Architecture architecture;

    private Qemu(Path executable, Architecture architecture) {
        this.executable = executable;
        this.architecture = architecture;
    }

    /** Finds QEMU on the path of programs, or where its Windows installer puts it. */
    public static Qemu find(Architecture architecture) {
        return find(architecture, Optional.ofNullable(System.getenv("PATH")).orElse(""));
    }

    static Qemu find(Architecture architecture, String programPath) {
        String name = "qemu-system-" + architecture;
        return Stream.concat(
                        Stream.of(programPath.split(File.pathSeparator)).filter(directory -> !directory.isEmpty()),
                        Stream.of("C:\\Program Files\\qemu").filter(directory -> File.separatorChar == '\\'))
                .flatMap(directory -> Stream.of(Path.of(directory, name), Path.of(directory, name + ".exe")))
                .filter(Files::isExecutable)
                .findFirst()
                .map(found -> new Qemu(found, architecture))
                .orElseThrow(() -> missingTool(
                                "Tried to boot a virtual machine, but there is no " + name + " on the path of programs")
                        .hint("Install QEMU: " + installation(architecture)));
    }

    private static String installation(Architecture architecture) {
        String debian = architecture == Architecture.X86_64 ? "qemu-system-x86" : "qemu-system-arm";
        String fedora = architecture == Architecture.X86_64 ? "qemu-system-x86-core" : "qemu-system-aarch64-core";
        return "apt install " + debian + " (Debian, Ubuntu), dnf install " + fedora
                + " (Fedora), brew install qemu (macOS)";
    }

    public Path executable() {
        return executable;
    }

    public Architecture architecture() {
        return architecture;
    }

    /**
     * The command that boots the machine. Its console is the command's standard input and output.
     *
     * @param escapes whether Ctrl-A is QEMU's, so that Ctrl-A X ends the machine; otherwise every byte reaches the guest
     */
    public List<String> command(Machine machine, boolean escapes) {
        List<String> command = new ArrayList<>(machineOptions(machine.accelerator()));
        command.addAll(List.of("-smp", Integer.toString(machine.processors())));
        command.addAll(List.of("-m", Integer.toString(machine.memory())));
        command.addAll(List.of("-display", "none", "-no-reboot"));
        command.addAll(List.of("-serial", escapes ? "mon:stdio" : "stdio"));
        // Without a source of entropy the guest's first TLS or SSH key waits for interrupts.
        command.addAll(List.of("-device", "virtio-rng-pci"));
        command.addAll(List.of("-netdev", network(machine.forwards())));
        // The machine boots its kernel directly: the card's own netboot firmware would only take time.
        command.addAll(List.of("-device", "virtio-net-pci,netdev=net0,romfile="));
        machine.disk().ifPresent(disk -> {
            command.addAll(List.of("-drive", "if=none,id=disk0,format=raw,file=" + escaped(disk)));
            command.addAll(List.of("-device", "virtio-blk-pci,drive=disk0"));
        });
        command.addAll(List.of("-kernel", machine.pair().kernel().toString()));
        command.addAll(List.of("-initrd", machine.pair().initramfs().toString()));
        command.addAll(List.of("-append", kernelCommandLine(machine)));
        return command;
    }

    /** The program and the options of every machine that it makes with an accelerator. */
    List<String> machineOptions(Accelerator accelerator) {
        return List.of(
                executable.toString(),
                "-no-user-config",
                "-nodefaults",
                "-machine",
                model(accelerator),
                "-accel",
                accelerator.toString(),
                "-cpu",
                processor(accelerator));
    }

    private String model(Accelerator accelerator) {
        if (architecture == Architecture.X86_64) {
            return "pc";
        }
        // KVM offers the guest the interrupt controller that the host has, and servers lack the old one that is the
        // default.
        return accelerator == Accelerator.KVM ? "virt,gic-version=host" : "virt";
    }

    private String processor(Accelerator accelerator) {
        if (accelerator != Accelerator.TCG) {
            return "host";
        }
        // Emulating vector instructions that the default model lacks is slower than doing without them.
        return architecture == Architecture.X86_64 ? "qemu64" : "cortex-a72";
    }

    private static String network(List<Machine.Forward> forwards) {
        return "user,id=net0"
                + forwards.stream()
                        .map(forward -> ",hostfwd=tcp:127.0.0.1:" + forward.host() + "-:" + forward.guest())
                        .collect(Collectors.joining());
    }

    private String kernelCommandLine(Machine machine) {
        List<String> arguments = new ArrayList<>();
        arguments.add(machine.pair().commandLine());
        // The last console is the one the init process writes to, whatever the flavor names for real machines.
        arguments.add(architecture == Architecture.X86_64 ? "console=ttyS0" : "console=ttyAMA0");
        arguments.addAll(machine.kernelArguments());
        return arguments.stream().filter(argument -> !argument.isEmpty()).collect(Collectors.joining(" "));
    }

    /** QEMU ends an option's value at a comma, unless it stands there twice. */
    private static String escaped(Path file) {
        return file.toString().replace(",", ",,");
    }
}
