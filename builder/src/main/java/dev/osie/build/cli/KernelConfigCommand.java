package dev.osie.build.cli;

import dev.osie.build.assemble.KernelRequest;
import dev.osie.build.assemble.SourceKernels;
import dev.osie.build.progress.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code osie-build kernel config}: changes the configuration of a kernel. */
@Command(
        name = "config",
        description = {
            "Opens Kconfig's menus on a kernel's configuration, and writes what was changed back to its fragments.",
            "An option that a fragment has is changed there; any other is added to one of them."
        })
final class KernelConfigCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private KernelOptions options;

    @Option(
            names = "--set",
            paramLabel = "CONFIG_X=VALUE",
            description = "Change this option, without menus; n turns it off. May be given several times.")
    private List<String> settings = new ArrayList<>();

    @Option(
            names = "--fragment",
            paramLabel = "NAME",
            description = "The fragment of the architecture that new options go into. Default: the last one.")
    private Optional<String> fragment = Optional.empty();

    @Mixin
    private PlaceOptions places;

    @Mixin
    private ProgressOption progressOption;

    @Override
    public Integer call() {
        Progress progress = progressOption.progress(spec.commandLine().getErr());
        KernelRequest request = options.request(places.project());
        SourceKernels kernels = new SourceKernels(places.store(), progress);
        Set<Path> changed =
                settings.isEmpty() ? kernels.menu(request, fragment) : kernels.set(request, settings, fragment);
        if (changed.isEmpty()) {
            progress.info("  nothing was changed");
        }
        changed.forEach(file -> progress.info("  changed    " + file));
        return 0;
    }
}
