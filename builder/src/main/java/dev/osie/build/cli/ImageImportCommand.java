package dev.osie.build.cli;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageSource;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.oci.source.ImageSources;
import dev.osie.build.oci.source.SourceName;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code osie-build image import}: from another place into the store. */
@Command(
        name = "import",
        description = {
            "Brings an image into the store, where documents find it by its name: 'image: NAME' and 'embed'.",
            "When a lock is made, an image that was imported goes before the registry's of the same name. A lock that there is"
                    + " stays as it is until 'osie-build lock' renews it."
        })
final class ImageImportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1",
            paramLabel = "SOURCE",
            description =
                    "The image: docker-archive:app.tar, oci:DIR:NAME, docker-daemon:app:1, … ('osie-build image --help').")
    private String source;

    @Option(
            names = "--as",
            paramLabel = "NAME",
            description = "What documents call it, such as registry.lab/app:1. Default: the name it has at its source.")
    private Optional<String> as = Optional.empty();

    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            description = "Only the image for this architecture. Default: those for x86_64 and aarch64 that there are.",
            converter = ArchitectureConverter.class)
    private Optional<Architecture> architecture = Optional.empty();

    @Mixin
    private RegistryOptions registries;

    @Mixin
    private StoreOption storeOption;

    @Mixin
    private ProgressOption progressOption;

    @Override
    public Integer call() {
        Progress progress = progressOption.progress(spec.commandLine().getErr());
        Store store = storeOption.open();
        SourceName name = SourceName.parse(source);
        Optional<Reference> given = as.map(text -> Reference.parse(text).full());
        try (ImageSource from = new ImageSources(store, registries.settings(), System.getenv(), progress).open(name)) {
            Reference known = given.or(from::name)
                    .filter(reference -> reference.digest().isEmpty())
                    .orElseThrow(() -> badInput("The image " + name + " has no name there that documents could use.")
                            .hint("Perhaps give it one: --as registry.lab/app:1"));
            Layout layout = new Layout(store);
            for (Architecture each : wanted(from, name)) {
                Optional<Digest> original = from.outline(each).manifest();
                Image image = from.fetch(each);
                layout.nameImport(known, image, name.transport().toString(), original);
                progress.info("  " + known + "  " + each + "  "
                        + layout.digest(
                                layout.entry(known, Platform.linux(each)).orElseThrow()));
            }
        }
        return 0;
    }

    private List<Architecture> wanted(ImageSource from, SourceName name) {
        if (architecture.isPresent()) {
            return List.of(architecture.get());
        }
        List<Platform> platforms = from.platforms();
        List<Architecture> both = Arrays.stream(Architecture.values())
                .filter(each -> platforms.stream().anyMatch(platform -> platform.suits(Platform.linux(each))))
                .toList();
        if (both.isEmpty()) {
            throw unavailable("The image " + name + " is made for none of the architectures of an OSIE; there are "
                    + platforms.stream().map(Platform::describe).distinct().collect(Collectors.joining(", ")) + ".");
        }
        return both;
    }
}
