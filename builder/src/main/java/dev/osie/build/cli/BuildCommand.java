package dev.osie.build.cli;

import dev.osie.build.artifact.Format;
import dev.osie.build.artifact.OutputFolder;
import dev.osie.build.assemble.Assembler;
import dev.osie.build.assemble.BuildRequest;
import dev.osie.build.assemble.Locks;
import dev.osie.build.assemble.Osie;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.progress.Progress;
import dev.osie.build.runtime.ImageLayout;
import dev.osie.build.store.Store;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code osie-build build}: from a flavor to a kernel + initramfs pair, or a tar archive. */
@Command(
        name = "build",
        description = {
            "Builds a flavor, or plain LinuxKit documents, into a kernel + initramfs pair or a tar archive.",
            "Without a lock it resolves what the Debian suites have today, and writes that as osie.lock beside the flavor;"
                    + " with one it uses exactly what the lock says. The verb lock changes it."
        })
final class BuildCommand implements Callable<Integer> {
    private static final Path OUT = Path.of("out");

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
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "Where the files go; with --arch all, the folder that gets FLAVOR-ARCH for each of them."
                    + " Default: out/FLAVOR-ARCH.")
    private Optional<Path> output = Optional.empty();

    @Option(
            names = "--compression",
            paramLabel = "HOW",
            defaultValue = "zstd:3",
            description = "none, or zstd:1 to zstd:22; zstd:19 for a release. Default: ${DEFAULT-VALUE}.",
            converter = CompressionConverter.class)
    private Compression compression;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            split = ",",
            defaultValue = "pair",
            description =
                    "pair: vmlinuz-ARCH and initramfs-ARCH. tar: FLAVOR-ARCH.tar, the whole tree with the kernel below boot."
                            + " dtbs: dtbs-ARCH.tar.gz, the device trees of the kernel's boards."
                            + " May be given several times, or separated by commas. Default: ${DEFAULT-VALUE}.",
            converter = FormatConverter.class)
    private List<Format> formats;

    @Option(
            names = "--layers",
            paramLabel = "HOW",
            defaultValue = "shared",
            description =
                    "shared: a layer that several images have is there once. flat: each image's tree as a whole, as"
                            + " LinuxKit lays it out. Default: ${DEFAULT-VALUE}.",
            converter = ImageLayoutConverter.class)
    private ImageLayout layout;

    @Override
    public Integer call() {
        long started = System.nanoTime();
        PrintWriter err = spec.commandLine().getErr();
        Progress progress = progressOption.progress(err);
        Store store = places.store();
        Assembler assembler = new Assembler(store, progress);
        OutputFolder files = new OutputFolder(store, EnumSet.copyOf(formats), progress);
        BuildReport report = new BuildReport(formats, progress);
        List<BuildRequest> requests = options.requests(places.project(), flavor.documents(), compression, layout);
        if (requests.size() == 1) {
            BuildReport.Built built = build(requests.get(0), assembler, files);
            report.one(built, Sizes.seconds(System.nanoTime() - started));
            return 0;
        }
        Locks.createIfMissing(requests, store, progress);
        EachArchitecture each = new EachArchitecture(progress);
        each.build(requests, request -> build(request, assembler, files));
        report.all(each.built(), Sizes.seconds(System.nanoTime() - started));
        return each.printFailures(err);
    }

    private BuildReport.Built build(BuildRequest request, Assembler assembler, OutputFolder files) {
        // Packing is most of the work, and a tar archive needs none of it.
        Osie osie = formats.contains(Format.PAIR) ? assembler.assemble(request) : assembler.layOut(request);
        Path folder = options.architectures().size() > 1
                ? BuildReport.folderIn(output.orElse(OUT), osie)
                : output.orElseGet(() -> BuildReport.folderIn(OUT, osie));
        return new BuildReport.Built(osie, folder, files.write(osie, folder));
    }
}
