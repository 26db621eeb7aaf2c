package dev.osie.build.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code osie-build kernel}: kernels that are built from source. */
@Command(
        name = "kernel",
        description = {
            "Compiles kernels from source, and changes their configuration.",
            "A KERNEL is a document kernel-configs/KERNEL.yaml with the key 'source'. A build of a flavor that uses it compiles"
                    + " it by itself when the store doesn't have it."
        },
        subcommands = {KernelBuildCommand.class, KernelConfigCommand.class})
final class KernelCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Name what to do with kernels, such as 'osie-build kernel build KERNEL'.");
    }
}
