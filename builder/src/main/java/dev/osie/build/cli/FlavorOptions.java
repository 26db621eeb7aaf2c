package dev.osie.build.cli;

import dev.osie.build.assemble.BuildRequest;
import dev.osie.build.assemble.Project;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.platform.Architecture;
import dev.osie.build.runtime.ImageLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is composed, and where its packages come from. */
final class FlavorOptions {
    @Parameters(
            arity = "0..1",
            paramLabel = "FLAVOR",
            defaultValue = "hook",
            description =
                    "A flavor by name (linuxkit-templates/flavors/NAME.yaml) or by file. Default: ${DEFAULT-VALUE}.")
    private String flavor;

    @Option(
            names = "--overlay",
            paramLabel = "FILE",
            description = "A document laid over the flavor; may be given several times, the last one wins.")
    private List<String> overlays = List.of();

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "The value of a variable that the flavor or a piece declares.")
    private Map<String, String> variables = new LinkedHashMap<>();

    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            defaultValue = "x86_64",
            description = "The architecture built for: x86_64 or aarch64. Default: ${DEFAULT-VALUE}.",
            converter = ArchitectureConverter.class)
    private Architecture architecture;

    @Option(names = "--lock", paramLabel = "FILE", description = "The lock. Default: osie.lock beside the flavor.")
    private Optional<Path> lock = Optional.empty();

    @Option(
            names = "--mirror",
            paramLabel = "URL",
            description = "The Debian mirror. Default: $OSIE_DEBIAN_MIRROR, else this host's apt sources,"
                    + " else Debian's snapshot service at the lock's date.")
    private Optional<String> mirror = Optional.empty();

    @Option(
            names = "--keyring",
            paramLabel = "FILE",
            description = "OpenPGP public keys that sign the mirror's suites. Default: those of the Debian archive.")
    private Optional<Path> keyring = Optional.empty();

    BuildRequest request(Path project, Compression compression) {
        return request(project, compression, ImageLayout.SHARED);
    }

    BuildRequest request(Path project, Compression compression, ImageLayout layout) {
        return new BuildRequest(
                new Project(project),
                flavor,
                overlays,
                variables,
                architecture,
                lock,
                mirror,
                keyring,
                compression,
                layout,
                SourceDateEpoch.ofEnvironment());
    }
}
