package dev.osie.build.cli;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.assemble.BuildRequest;
import dev.osie.build.assemble.Project;
import dev.osie.build.compose.CompositionRequest;
import dev.osie.build.failure.ShellQuoting;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.platform.Architecture;
import dev.osie.build.runtime.ImageLayout;
import dev.osie.build.yaml.DocumentText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.regex.Pattern;
import picocli.CommandLine.Mixin;
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
            description =
                    "The architecture built for: x86_64 (or amd64) or aarch64 (or arm64); for the verbs build and lock also all."
                            + " Default: ${DEFAULT-VALUE}, and for lock those that the lock has.",
            converter = Architectures.Converter.class)
    private Architectures architectures;

    @Option(names = "--lock", paramLabel = "FILE", description = "The lock. Default: osie.lock beside the flavor.")
    private Optional<Path> lock = Optional.empty();

    @Mixin
    private PackageOptions packages;

    @Mixin
    private RegistryOptions registries;

    @Option(
            names = "--docker",
            description = "Look for images by reference in the Docker daemon first ($DOCKER_HOST, else this machine's)."
                    + " Counts when a lock is made; later the digest in the lock does.")
    private boolean docker;

    @Option(
            names = "--native",
            description =
                    "Compile a kernel that is built from source with the compilers of this machine, not in Docker.")
    private boolean nativeCompilers;

    @Option(
            names = "--offline",
            description = "Use no network: only what the store has, as 'fetch' and 'cache import' bring it there.")
    private boolean offline;

    BuildRequest request(Path project, List<String> documents, Compression compression) {
        return request(project, documents, compression, ImageLayout.SHARED);
    }

    BuildRequest request(Path project, List<String> documents, Compression compression, ImageLayout layout) {
        return request(project, composition(documents), compression, layout);
    }

    /** One for each architecture; standard input is read once. */
    List<BuildRequest> requests(Path project, List<String> documents, Compression compression, ImageLayout layout) {
        Architecture first = architectures.all().first();
        BuildRequest request = request(project, composition(documents, first), compression, layout);
        return architectures.all().stream().map(request::on).toList();
    }

    /** One document for whichever architecture comes first. */
    BuildRequest lockRequest(Path project, String document) {
        Architecture first = architectures.all().first();
        return request(project, composition(List.of(document), first), Compression.ZSTD_3, ImageLayout.SHARED);
    }

    SortedSet<Architecture> architectures() {
        return architectures.all();
    }

    private BuildRequest request(
            Path project, CompositionRequest composition, Compression compression, ImageLayout layout) {
        return new BuildRequest(
                new Project(project),
                composition,
                lock,
                packages.places(),
                registries.settings(),
                compression,
                layout,
                SourceDateEpoch.ofEnvironment(),
                docker,
                nativeCompilers,
                offline ? Optional.of(fetchCommand(composition.documents())) : Optional.empty());
    }

    /** What brings into the store all that these options ask for. */
    private String fetchCommand(List<String> documents) {
        List<String> command = new ArrayList<>(List.of("osie-build", "fetch"));
        command.addAll(documents);
        overlays.forEach(overlay -> command.addAll(List.of("--overlay", overlay)));
        variables.forEach((variable, value) -> command.addAll(List.of("--set", variable + "=" + value)));
        if (architectures.all().size() > 1) {
            command.addAll(List.of("--arch", "all"));
        } else if (architectures.one() != Architecture.X86_64) {
            command.addAll(List.of("--arch", architectures.one().toString()));
        }
        lock.ifPresent(file -> command.addAll(List.of("--lock", file.toString())));
        return ShellQuoting.join(command);
    }

    CompositionRequest composition(List<String> documents) {
        return composition(documents, architectures.one());
    }

    private CompositionRequest composition(List<String> documents, Architecture architecture) {
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
            return DocumentText.of("standard input", System.in);
        } catch (IOException e) {
            throw unavailable("Tried to read standard input, but " + e.getMessage())
                    .because(e);
        }
    }
}
