package dev.osie.build.cli;

import dev.osie.build.platform.Architecture;
import picocli.CommandLine.Option;

/** The one architecture that a verb is about. */
final class ArchitectureOption {
    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            defaultValue = "x86_64",
            description = "x86_64 (or amd64) or aarch64 (or arm64). Default: ${DEFAULT-VALUE}.",
            converter = ArchitectureConverter.class)
    private Architecture architecture;

    Architecture architecture() {
        return architecture;
    }
}
