package dev.osie.build.cli;

import dev.osie.build.assemble.Assembler;
import dev.osie.build.compose.Composer;
import dev.osie.build.compose.Composition;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.spec.FileEntry;
import dev.osie.build.spec.ImageName;
import dev.osie.build.spec.LinuxKitWriter;
import dev.osie.build.spec.OsieSection;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code osie-build compose}: the one document that a flavor, its pieces and the overlays make, as LinuxKit reads it. */
@Command(
        name = "compose",
        description = {
            "Prints what a flavor, its pieces and the overlays make together: plain LinuxKit YAML, every image by digest.",
            "It makes the images that are not in the store yet. Paths of sources are those from this folder, where LinuxKit looks."
        })
final class ComposeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private FlavorParameter flavor;

    @Mixin
    private FlavorOptions options;

    @Mixin
    private PlaceOptions places;

    @Mixin
    private ProgressOption progressOption;

    @Option(
            names = "--no-images",
            description = "Make no images and write their names as the documents have them; needs no network.")
    private boolean noImages;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.print(noImages ? names() : digests());
        out.flush();
        return 0;
    }

    private String digests() {
        Assembler assembler = new Assembler(
                places.store(), progressOption.progress(spec.commandLine().getErr()));
        return assembler.compose(
                options.request(places.project(), flavor.documents(), Compression.ZSTD_3), ComposeCommand::fromHere);
    }

    private String names() {
        Composition composition = new Composer(places.project()).compose(options.composition(flavor.documents()));
        String document = new LinuxKitWriter(ImageName::text, source -> fromHere(composition, source))
                .write(composition.document(), Optional.empty());
        return composition
                        .document()
                        .osie()
                        .flatMap(OsieSection::kernel)
                        .map(ComposeCommand::kernel)
                        .orElse("")
                + document;
    }

    /** Only an image can stand for such a kernel in LinuxKit's YAML, and there is none without making it. */
    private static String kernel(OsieSection.Kernel kernel) {
        List<String> modules = kernel.modules();
        return "# The kernel: " + kernel.use().orElse("of no name") + ", modules of " + String.join(", ", modules)
                + (kernel.addedModules().isEmpty() ? "" : " and " + String.join(", ", kernel.addedModules())) + ".\n";
    }

    private static String fromHere(Composition composition, FileEntry.Source source) {
        Path path = composition.locate(source);
        Path here = Path.of("").toAbsolutePath();
        if (source.file().startsWith("~/") || Path.of(source.file()).isAbsolute()) {
            return source.file();
        }
        Path absolute = path.toAbsolutePath().normalize();
        boolean reachable = Objects.equals(absolute.getRoot(), here.getRoot());
        Path shown = reachable ? here.relativize(absolute) : absolute;
        return StreamSupport.stream(shown.spliterator(), false)
                .map(Path::toString)
                .collect(Collectors.joining("/"));
    }
}
