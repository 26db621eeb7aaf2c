package dev.osie.build.cli;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.assemble.KernelRequest;
import dev.osie.build.assemble.SourceKernels;
import dev.osie.build.progress.Progress;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code osie-build kernel build}: compiles a kernel. */
@Command(
        name = "build",
        description = {
            "Compiles a kernel, unless the store has it: equal sources, options and compilers give equal bytes.",
            "Its fragments kernel-configs/SERIES/common/*.config and kernel-configs/SERIES/ARCH/*.config are merged onto its base."
                    + " An option that is unknown, asked for in two ways, or otherwise in the end is an error."
        })
final class KernelBuildCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private KernelOptions options;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description =
                    "Where to put its files: boot/vmlinuz-RELEASE, boot/config-RELEASE, lib/modules/RELEASE, and device trees."
                            + " Default: nowhere, a build of a flavor takes them from the store.")
    private Optional<Path> output = Optional.empty();

    @Mixin
    private PlaceOptions places;

    @Mixin
    private ProgressOption progressOption;

    @Override
    public Integer call() {
        long started = System.nanoTime();
        Progress progress = progressOption.progress(spec.commandLine().getErr());
        KernelRequest request = options.request(places.project());
        String summary = new SourceKernels(places.store(), progress).build(request, (kernel, tree) -> {
            output.ifPresent(folder -> write(tree, folder));
            return describe(tree) + "  " + kernel.digest();
        });
        progress.info("  " + options.kernel() + " for " + options.architecture() + ": " + summary + "  "
                + Sizes.seconds(System.nanoTime() - started));
        output.ifPresent(folder -> progress.info("  written to " + folder));
        return 0;
    }

    private static String describe(Tree tree) {
        String release = "";
        long modules = 0;
        long bytes = 0;
        for (Map.Entry<String, Node> entry : tree.nodes().entrySet()) {
            String path = entry.getKey();
            if (path.startsWith("boot/vmlinuz-")) {
                release = path.substring("boot/vmlinuz-".length());
            }
            if (entry.getValue() instanceof Node.RegularFile file) {
                modules += path.matches(".*\\.ko(\\.[a-z]+)?") ? 1 : 0;
                bytes += file.content().size();
            }
        }
        return "linux " + release + ", " + modules + " modules, " + Sizes.bytes(bytes);
    }

    private static void write(Tree tree, Path folder) {
        try {
            for (Map.Entry<String, Node> entry : tree.nodes().entrySet()) {
                Path target = folder.resolve(entry.getKey());
                if (entry.getValue() instanceof Node.Directory) {
                    Files.createDirectories(target);
                } else if (entry.getValue() instanceof Node.RegularFile file) {
                    Files.createDirectories(target.getParent());
                    try (InputStream in = file.content().open()) {
                        Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
                    }
                }
            }
        } catch (IOException e) {
            throw unavailable("Tried to write the kernel's files to " + folder + ", but " + e.getMessage())
                    .because(e);
        }
    }
}
