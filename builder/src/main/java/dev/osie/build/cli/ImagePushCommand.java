package dev.osie.build.cli;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.oci.Image;
import dev.osie.build.oci.LayerCompression;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Reference;
import dev.osie.build.oci.registry.RegistryPush;
import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Store;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code osie-build image push}: from the store to a registry. */
@Command(
        name = "push",
        description = {
            "Pushes images of the store to a registry, as OCI images.",
            "Standard output gets the digest of what was pushed, a line for each destination, and nothing else.",
            "What the registry has is not sent again. The same images give the same digest on every machine."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  osie-build image push docker registry.lab/osie/docker:1.4",
            "  osie-build image push --arch all docker registry.lab/osie/docker:1.4",
            "  osie-build image push --tag 1.4 --tag latest docker dhcp registry.lab/osie/"
        })
final class ImagePushCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "2..*",
            paramLabel = "NAME… DESTINATION",
            hideParamSyntax = true,
            description = {
                "An image is named as in the store, osie-build/docker:x86_64, or by"
                        + " its recipe, docker; or by NAME@sha256:DIGEST.",
                "The destination is REGISTRY/REPOSITORY[:TAG]. Several images of different architectures become one index there."
                        + " When it ends in '/', each image goes below it, under the last part of its own name."
            })
    private List<String> names = List.of();

    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            split = ",",
            defaultValue = "x86_64",
            description =
                    "The architectures of images named without one: x86_64, aarch64, both, or all. Several become an index."
                            + " Default: ${DEFAULT-VALUE}.")
    private List<String> architectures = List.of();

    @Option(
            names = {"-t", "--tag"},
            paramLabel = "TAG",
            description = "A tag, beside that of the destination; may be given several times. Default: latest.")
    private List<String> tags = List.of();

    @Option(
            names = "--compression",
            paramLabel = "HOW",
            defaultValue = "gzip",
            description = "How layers are compressed: gzip, zstd:1 to zstd:22, or none. Default: ${DEFAULT-VALUE}.",
            converter = LayerCompressionConverter.class)
    private LayerCompression compression;

    @Option(
            names = "--annotation",
            paramLabel = "KEY=VALUE",
            description = "An annotation of the manifests and the index, such as"
                    + " org.opencontainers.image.source=https://…; may be given several times.")
    private Map<String, String> annotations = new LinkedHashMap<>();

    @Option(
            names = "--insecure-registry",
            paramLabel = "HOST[:PORT]",
            description = "A registry that may be spoken to without TLS. One on this machine always may.")
    private List<String> insecureRegistries = List.of();

    @Mixin
    private PlaceOptions places;

    @Mixin
    private ProgressOption progressOption;

    @Override
    public Integer call() {
        Progress progress = progressOption.progress(spec.commandLine().getErr());
        PushDestinations destinations = PushDestinations.of(names.get(names.size() - 1), tags);
        Store store = places.store();
        StoredImages images = new StoredImages(new Layout(store), architectures());
        Map<Reference, List<Image>> pushes = new LinkedHashMap<>();
        for (String name : names.subList(0, names.size() - 1)) {
            images.find(name)
                    .forEach(image -> pushes.computeIfAbsent(destinations.of(image.name()), any -> new ArrayList<>())
                            .add(image));
        }
        pushes.values().forEach(ImagePushCommand::requireOnePerPlatform);
        RegistrySettings settings = RegistrySettings.of(List.of(), insecureRegistries);
        RegistryPush push = RegistryPush.create(store, settings, System.getenv(), progress);
        PrintWriter out = spec.commandLine().getOut();
        pushes.forEach((destination, all) -> {
            out.println(push.push(new RegistryPush.Request(
                    all, destination, destinations.moreTags(), compression, new TreeMap<>(annotations))));
            out.flush();
        });
        return 0;
    }

    private List<Architecture> architectures() {
        return architectures.equals(List.of("all"))
                ? List.of(Architecture.values())
                : architectures.stream().map(Architecture::parse).distinct().toList();
    }

    private static void requireOnePerPlatform(List<Image> images) {
        Map<String, Image> byPlatform = new TreeMap<>();
        for (Image image : images) {
            String platform = image.config().platform().describe();
            Image other = byPlatform.put(platform, image);
            if (other != null) {
                throw badInput(other.name() + " and " + image.name() + " are both for " + platform
                                + "; under one name there can be one of them.")
                        .hint(
                                "Perhaps end the destination with '/': then each image goes below it under its own name.");
            }
        }
    }
}
