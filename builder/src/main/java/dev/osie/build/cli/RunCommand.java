package dev.osie.build.cli;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.failure.ShellQuoting;
import dev.osie.build.platform.Architecture;
import dev.osie.build.vm.Accelerator;
import dev.osie.build.vm.AcceleratorProbe;
import dev.osie.build.vm.BootPair;
import dev.osie.build.vm.DiskImage;
import dev.osie.build.vm.Machine;
import dev.osie.build.vm.Qemu;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code osie-build run}: boots a built pair in QEMU, with its console on the terminal. */
@Command(
        name = "run",
        description = {
            "Boots a built pair in QEMU, with its console on the terminal; Ctrl-A X ends the machine.",
            "The machine reaches the host's loopback interface as 10.0.2.2, and is reached through --forward only."
        })
final class RunCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "FLAVOR",
            defaultValue = "hook",
            description = "The flavor to boot. Default: ${DEFAULT-VALUE}.")
    private String flavor;

    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            defaultValue = "x86_64",
            description = "x86_64 (or amd64) or aarch64 (or arm64). Default: ${DEFAULT-VALUE}.")
    private String architecture;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Where the build wrote the pair. Default: out/FLAVOR-ARCH.")
    private Optional<Path> output;

    @Option(names = "--memory", paramLabel = "MIB", description = "Memory of the machine. Default: ${DEFAULT-VALUE}.")
    private int memory = Machine.DEFAULT_MEMORY;

    @Option(names = "--cpus", paramLabel = "N", description = "Processors of the machine. Default: ${DEFAULT-VALUE}.")
    private int processors = 2;

    @Option(
            names = "--disk",
            paramLabel = "FILE",
            description = "Raw image behind the machine's /dev/vda; made when it is not there.")
    private Optional<Path> disk;

    @Option(
            names = "--disk-size",
            paramLabel = "SIZE",
            defaultValue = "8G",
            description = "Size of a disk that is made, such as 512M. Default: ${DEFAULT-VALUE}.")
    private String diskSize;

    @Option(
            names = "--append",
            paramLabel = "ARG",
            description = "Kernel parameter, after the flavor's own; may be given several times.")
    private List<String> kernelArguments = new ArrayList<>();

    @Option(
            names = "--forward",
            paramLabel = "HOST:GUEST",
            description =
                    "Leads a TCP port of the host's loopback interface to one of the machine; may be given several times.")
    private List<String> forwards = new ArrayList<>();

    @Option(
            names = "--accel",
            paramLabel = "NAME",
            description = "kvm, hvf or tcg. Default: the fastest that a trial guest ran on.")
    private Optional<String> accelerator;

    @Option(names = "--dry-run", description = "Print QEMU's command line and stop.")
    private boolean dryRun;

    @Override
    public Integer call() {
        Architecture guest = Architecture.parse(architecture);
        Path directory = output.orElseGet(() -> Path.of("out", flavor + "-" + guest));
        BootPair pair = BootPair.in(directory, flavor, guest);
        Qemu qemu = Qemu.find(guest);
        Machine machine = new Machine(
                pair,
                accelerator.map(Accelerator::parse).orElseGet(() -> new AcceleratorProbe(qemu).best()),
                memory,
                processors,
                disk,
                forwards.stream().map(Machine.Forward::parse).toList(),
                kernelArguments);
        List<String> command = qemu.command(machine, true);
        if (dryRun) {
            spec.commandLine().getOut().println(ShellQuoting.join(command));
            return 0;
        }
        disk.ifPresent(file -> DiskImage.createIfMissing(file, DiskImage.bytes(diskSize)));
        PrintWriter err = spec.commandLine().getErr();
        err.println(flavor + " · " + guest + " · " + machine.accelerator() + " · " + memory
                + " MiB · Ctrl-A X ends the machine");
        err.flush();
        return boot(command);
    }

    private static int boot(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
            int status = process.waitFor();
            if (status != 0) {
                throw unavailable("QEMU ended with status " + status + "; what it said stands above")
                        .hint("osie-build run --dry-run prints its command line.");
            }
            return 0;
        } catch (IOException e) {
            throw unavailable("Tried to start " + command.get(0) + ", but " + e.getMessage())
                    .because(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("Interrupted while the machine was running").because(e);
        }
    }
}
