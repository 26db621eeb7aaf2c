package dev.osie.build.cli;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.assemble.BuildRequest;
import dev.osie.build.assemble.Project;
import dev.osie.build.compose.CompositionRequest;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.platform.Architecture;
import dev.osie.build.runtime.ImageLayout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** How it is composed, and where its packages come from. */
final class FlavorOptions {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What to call the result. Default: the name of the last document, osie for standard input.")
    private Optional<String> name = Optional.empty();

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
            names = "--registry-mirror",
            paramLabel = "REGISTRY=MIRROR",
            description = "A server that is asked for a registry's images before it: docker.io=mirror.lab:5000."
                    + " May be given several times; they are asked in order.")
    private List<String> registryMirrors = List.of();

    @Option(
            names = "--insecure-registry",
            paramLabel = "HOST[:PORT]",
            description = "A registry or mirror that may be spoken to without TLS. One on this machine always may.")
    private List<String> insecureRegistries = List.of();

    @Option(
            names = "--keyring",
            paramLabel = "FILE",
            description = "OpenPGP public keys that sign the mirror's suites. Default: those of the Debian archive.")
    private Optional<Path> keyring = Optional.empty();

    @Option(
            names = "--offline",
            description = "Use no network: only what the store has, as 'fetch' and 'cache import' bring it there.")
    private boolean offline;

    BuildRequest request(Path project, List<String> documents, Compression compression) {
        return request(project, documents, compression, ImageLayout.SHARED);
    }

    BuildRequest request(Path project, List<String> documents, Compression compression, ImageLayout layout) {
        BuildRequest request = new BuildRequest(
                new Project(project),
                composition(documents),
                lock,
                mirror,
                RegistrySettings.of(registryMirrors, insecureRegistries),
                keyring,
                compression,
                layout,
                SourceDateEpoch.ofEnvironment());
        return offline ? request.offline(fetchCommand(documents)) : request;
    }

    /** What brings into the store all that these options ask for. */
    private String fetchCommand(List<String> documents) {
        List<String> command = new ArrayList<>(List.of("osie-build", "fetch"));
        command.addAll(documents);
        overlays.forEach(overlay -> command.addAll(List.of("--overlay", overlay)));
        variables.forEach((variable, value) -> command.addAll(List.of("--set", variable + "=" + value)));
        if (architecture != Architecture.X86_64) {
            command.addAll(List.of("--arch", architecture.toString()));
        }
        lock.ifPresent(file -> command.addAll(List.of("--lock", file.toString())));
        return ShellQuoting.join(command);
    }

    CompositionRequest composition(List<String> documents) {
        name.filter(given -> !NAME.matcher(given).matches()).ifPresent(given -> {
            throw badInput("--name " + given
                    + ": files are called by it, so it must consist of letters, digits, '.', '_' and '-',"
                    + " and begin with a letter or digit");
        });
        boolean standardInput = documents.contains(CompositionRequest.STANDARD_INPUT);
        return new CompositionRequest(
                documents,
                name,
                overlays,
                variables,
                architecture,
                standardInput ? Optional.of(standardInput()) : Optional.empty());
    }

    private static String standardInput() {
        try {
            return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw unavailable("Tried to read standard input, but " + e.getMessage())
                    .because(e);
        }
    }
}
