package dev.osie.build.cli;

import dev.osie.build.assemble.Project;
import dev.osie.build.assemble.RecipeImages;
import dev.osie.build.assemble.RecipeRequest;
import dev.osie.build.failure.ShellQuoting;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Store;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code osie-build image build}: the images of recipes, without a flavor. */
@Command(
        name = "build",
        description = {
            "Makes the images of recipes, as a build of a flavor does that uses them; the store knows each as"
                    + " osie-build/RECIPE:ARCH.",
            "Without a lock it resolves what the Debian suites have today, and writes that as the lock; with one it uses"
                    + " exactly what the lock says."
        })
final class ImageBuildCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "RECIPE",
            description = "Names of recipes (images/NAME/image.yaml); 'osie-build ls images' lists them.")
    private List<String> recipes = new ArrayList<>();

    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            defaultValue = "x86_64",
            description = "The architecture built for: x86_64 or aarch64. Default: ${DEFAULT-VALUE}.",
            converter = ArchitectureConverter.class)
    private Architecture architecture;

    @Option(
            names = "--lock",
            paramLabel = "FILE",
            description =
                    "One lock for all recipes, such as that of a flavor which uses them. Default: osie.lock beside each recipe.")
    private Optional<Path> lock = Optional.empty();

    @Option(
            names = "--offline",
            description = "Use no network: only what the store has, as 'fetch' and 'cache import' bring it there.")
    private boolean offline;

    @Mixin
    private PackageOptions packages;

    @Mixin
    private RegistryOptions registries;

    @Mixin
    private PlaceOptions places;

    @Mixin
    private ProgressOption progressOption;

    @Override
    public Integer call() {
        Progress progress = progressOption.progress(spec.commandLine().getErr());
        Store store = places.store();
        RecipeRequest request = new RecipeRequest(
                new Project(places.project()),
                recipes,
                architecture,
                lock,
                packages.places(),
                registries.settings(),
                SourceDateEpoch.ofEnvironment(),
                offline ? Optional.of(command()) : Optional.empty());
        new RecipeImages(store, progress).build(request).forEach((name, image) -> {
            long size = image.layers().stream()
                    .mapToLong(layer -> layer.blob().size())
                    .sum();
            progress.info("  " + image.name() + "  " + image.layers().size() + " layers, " + Sizes.bytes(size) + "  "
                    + image.manifest());
        });
        return 0;
    }

    /** What brings into the store all that this asks for. */
    private String command() {
        List<String> words = new ArrayList<>(List.of("osie-build", "image", "build"));
        words.addAll(recipes);
        words.addAll(List.of("--arch", architecture.toString()));
        lock.ifPresent(file -> words.addAll(List.of("--lock", file.toString())));
        return ShellQuoting.join(words);
    }
}
