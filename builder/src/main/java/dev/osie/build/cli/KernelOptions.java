package dev.osie.build.cli;

import dev.osie.build.assemble.KernelRequest;
import dev.osie.build.assemble.Project;
import dev.osie.build.failure.ShellQuoting;
import dev.osie.build.platform.Architecture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which kernel is compiled, for what, and by which compilers. */
final class KernelOptions {
    @Parameters(paramLabel = "KERNEL", description = "The name of its document: kernel-configs/KERNEL.yaml.")
    private String kernel;

    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            defaultValue = "x86_64",
            description = "The architecture compiled for: x86_64 or aarch64. Default: ${DEFAULT-VALUE}.",
            converter = ArchitectureConverter.class)
    private Architecture architecture;

    @Option(
            names = "--native",
            description =
                    "Use the compilers of this machine, which runs Linux, and not those of a container in Docker.")
    private boolean nativeCompilers;

    @Option(
            names = "--lock",
            paramLabel = "FILE",
            description =
                    "The lock that has the sources, such as that of a flavor. Default: osie.lock beside its fragments.")
    private Optional<Path> lock = Optional.empty();

    @Option(
            names = "--offline",
            description = "Use no network: only what the store has, as 'fetch' and 'cache import' bring it there.")
    private boolean offline;

    @Mixin
    private PackageOptions packages;

    @Mixin
    private RegistryOptions registries;

    Architecture architecture() {
        return architecture;
    }

    String kernel() {
        return kernel;
    }

    KernelRequest request(Path project) {
        return new KernelRequest(
                new Project(project),
                kernel,
                architecture,
                lock,
                packages.places(),
                registries.settings(),
                offline ? Optional.of(command()) : Optional.empty(),
                nativeCompilers);
    }

    /** What brings into the store all that this asks for. */
    private String command() {
        List<String> words = new ArrayList<>(List.of("osie-build", "kernel", "build", kernel));
        words.addAll(List.of("--arch", architecture.toString()));
        lock.ifPresent(file -> words.addAll(List.of("--lock", file.toString())));
        return ShellQuoting.join(words);
    }
}
