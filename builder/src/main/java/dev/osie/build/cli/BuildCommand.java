package dev.osie.build.cli;

import dev.osie.build.artifact.Format;
import dev.osie.build.artifact.OutputFolder;
import dev.osie.build.assemble.Assembler;
import dev.osie.build.assemble.BuildRequest;
import dev.osie.build.assemble.Osie;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.platform.Architecture;
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
            description = "Where the files go. Default: out/FLAVOR-ARCH.")
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
        BuildRequest request = options.request(places.project(), flavor.documents(), compression, layout);
        // Packing is most of the work, and a tar archive needs none of it.
        Osie osie = formats.contains(Format.PAIR) ? assembler.assemble(request) : assembler.layOut(request);
        Path folder = output.orElseGet(() -> Path.of("out", osie.flavor() + "-" + osie.architecture()));
        boolean written = new OutputFolder(store, EnumSet.copyOf(formats), progress).write(osie, folder);
        report(progress, osie, folder, written, Sizes.seconds(System.nanoTime() - started));
        return 0;
    }

    private void report(Progress progress, Osie osie, Path folder, boolean written, String time) {
        String title = osie.flavor() + " · " + osie.architecture() + " · ";
        if (!written) {
            progress.info(title + "nothing changed · " + folder + "  (" + time + ")");
            return;
        }
        progress.info(folder + "/");
        boolean pair = formats.contains(Format.PAIR);
        if (pair) {
            file(
                    progress,
                    OutputFolder.kernelName(osie),
                    Sizes.bytes(osie.vmlinuz().size()) + "   " + osie.kernel());
            file(
                    progress,
                    OutputFolder.initramfsName(osie),
                    Sizes.bytes(osie.initramfs().size()) + "   "
                            + Sizes.bytes(osie.initramfs().unpackedSize()) + " in memory");
        }
        if (formats.contains(Format.TAR)) {
            progress.info("  " + OutputFolder.tarName(osie));
        }
        progress.info("  checksum.txt  " + osie.flavor() + ".yaml" + (pair ? "  manifest.json" : ""));
        progress.info(title + time + "." + (pair ? " Boot it: " + runCommand(osie) : ""));
    }

    private String runCommand(Osie osie) {
        String which = osie.architecture() == Architecture.X86_64 ? "" : " --arch " + osie.architecture();
        String where = output.map(given -> " --output " + given).orElse("");
        return "./osie-build run " + osie.flavor() + which + where;
    }

    private static void file(Progress progress, String name, String what) {
        progress.info(String.format("  %-18s %s", name, what));
    }
}
