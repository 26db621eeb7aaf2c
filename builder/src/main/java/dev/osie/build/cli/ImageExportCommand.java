package dev.osie.build.cli;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.artifact.ImageFormat;
import dev.osie.build.artifact.ImageOutput;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.LayerCompression;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.oci.StoredNames;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Store;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code osie-build image export}: from the store to files that other tools read. */
@Command(
        name = "export",
        description = {
            "Writes images of the store to a file or folder. The same images give the same bytes.",
            "The image of a recipe is called osie-build/RECIPE:latest there, and holds every architecture that the store has."
        })
final class ImageExportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "NAME",
            description = "Names of recipes, or names as 'image ls' lists them.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "PATH",
            required = true,
            description =
                    "The file to write, whatever was there; for --format oci a folder, which must be new or empty.")
    private Path output;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "oci-archive",
            description =
                    "oci: a folder with an image layout. oci-archive: the same as a tar archive. docker-archive: what docker"
                            + " load reads; for one architecture. Default: ${DEFAULT-VALUE}.",
            converter = ImageFormatConverter.class)
    private ImageFormat format;

    @Option(
            names = "--compression",
            paramLabel = "HOW",
            defaultValue = "none",
            description =
                    "How layers are compressed: none, gzip, or zstd:1 to zstd:22. With none the digests are the store's own."
                            + " Default: ${DEFAULT-VALUE}.",
            converter = LayerCompressionConverter.class)
    private LayerCompression compression;

    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            description = "Only the images for this architecture.",
            converter = ArchitectureConverter.class)
    private Optional<Architecture> architecture = Optional.empty();

    @Mixin
    private StoreOption storeOption;

    @Mixin
    private ProgressOption progressOption;

    @Override
    public Integer call() {
        Progress progress = progressOption.progress(spec.commandLine().getErr());
        Store store = storeOption.open();
        Layout layout = new Layout(store);
        StoredNames stored = new StoredNames(layout);
        SortedMap<String, List<Image>> images = new TreeMap<>();
        for (String name : names) {
            for (Layout.Entry entry : chosen(stored, name)) {
                Reference called = Reference.parse(entry.name());
                images.computeIfAbsent(calledThere(entry, name), any -> new ArrayList<>())
                        .add(layout.read(called, entry.manifest().digest()));
            }
        }
        long size = new ImageOutput(store, compression, progress).write(images, format, output);
        progress.info(output + "  " + Sizes.bytes(size) + "  " + String.join(", ", images.keySet()));
        return 0;
    }

    private List<Layout.Entry> chosen(StoredNames stored, String name) {
        List<Layout.Entry> entries = stored.require(name);
        List<Layout.Entry> chosen = entries.stream()
                .filter(entry -> architecture.isEmpty()
                        || entry.manifest()
                                .platform()
                                .filter(own -> own.suits(Platform.linux(architecture.get())))
                                .isPresent())
                .toList();
        if (chosen.isEmpty()) {
            throw badInput("The store has the image '" + name + "' for other architectures than "
                    + architecture.orElseThrow() + ".");
        }
        return chosen;
    }

    /** A recipe by its name alone stands for all architectures, and its image needs one name for them. */
    private static String calledThere(Layout.Entry entry, String name) {
        boolean written = name.equals(entry.name());
        return StoredNames.recipe(entry)
                .filter(recipe -> !written)
                .map(recipe -> Reference.parse("osie-build/" + recipe).full().toString())
                .orElseGet(() -> Reference.parse(entry.name()).full().toString());
    }
}
