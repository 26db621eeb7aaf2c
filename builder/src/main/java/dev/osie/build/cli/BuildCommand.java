package dev.osie.build.cli;

import dev.osie.build.artifact.PairOutput;
import dev.osie.build.assemble.Assembler;
import dev.osie.build.assemble.Osie;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Store;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code osie-build build}: from a flavor to a kernel + initramfs pair. */
@Command(
        name = "build",
        description = {
            "Builds a flavor, or plain LinuxKit documents, into a kernel + initramfs pair.",
            "Without a lock it resolves what the Debian suites have today, and writes that as osie.lock beside the flavor;"
                    + " with one it uses exactly what the lock says."
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

    @Override
    public Integer call() {
        long started = System.nanoTime();
        PrintWriter err = spec.commandLine().getErr();
        Progress progress = progressOption.progress(err);
        Store store = places.store();
        Osie osie = new Assembler(store, progress)
                .assemble(options.request(places.project(), flavor.documents(), compression));
        Path folder = output.orElseGet(() -> Path.of("out", osie.flavor() + "-" + osie.architecture()));
        boolean written = new PairOutput(store).write(osie, folder);
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
        file(progress, PairOutput.kernelName(osie), Sizes.bytes(osie.vmlinuz().size()) + "   " + osie.kernel());
        file(
                progress,
                PairOutput.initramfsName(osie),
                Sizes.bytes(osie.initramfs().size()) + "   "
                        + Sizes.bytes(osie.initramfs().unpackedSize()) + " in memory");
        String which = osie.architecture() == Architecture.X86_64 ? "" : " --arch " + osie.architecture();
        String where = output.map(given -> " --output " + given).orElse("");
        progress.info("  checksum.txt  " + osie.flavor() + ".yaml  manifest.json");
        progress.info(title + time + ". Boot it: ./osie-build run " + osie.flavor() + which + where);
    }

    private static void file(Progress progress, String name, String what) {
        progress.info(String.format("  %-18s %s", name, what));
    }
}
