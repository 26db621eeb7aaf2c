package dev.osie.build.cli;

import dev.osie.build.oci.Layout;
import dev.osie.build.oci.StoredNames;
import dev.osie.build.progress.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code osie-build image rm}: forgets names. */
@Command(
        name = "rm",
        description = {
            "Forgets names of the store's images, for all architectures. When one of the names isn't there, none is forgotten.",
            "What an image is made of stays in the store until a clean-up finds that nothing needs it."
        })
final class ImageRmCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "NAME",
            description = "Names as 'image ls' lists them, or those of recipes.")
    private List<String> names = new ArrayList<>();

    @Mixin
    private StoreOption storeOption;

    @Mixin
    private ProgressOption progressOption;

    @Override
    public Integer call() {
        Layout layout = new Layout(storeOption.open());
        StoredNames stored = new StoredNames(layout);
        List<Layout.Entry> gone = names.stream()
                .flatMap(name -> stored.require(name).stream())
                .distinct()
                .toList();
        layout.remove(gone);
        Progress progress = progressOption.progress(spec.commandLine().getErr());
        gone.forEach(entry -> progress.info("forgotten: " + StoredNames.shown(entry)
                + entry.manifest()
                        .platform()
                        .map(platform -> " (" + platform.kernelName() + ")")
                        .orElse("")));
        return 0;
    }
}
