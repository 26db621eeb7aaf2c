package dev.osie.build.cli;

import dev.osie.build.assemble.Assembler;
import dev.osie.build.initramfs.Compression;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code osie-build lock}: resolves a flavor's packages anew. */
@Command(
        name = "lock",
        description = {
            "Resolves what a flavor needs against what the Debian suites have today, and writes it as the flavor's lock.",
            "The lock names each package with version, size and SHA-256; commit it with what you release."
        })
final class LockCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private FlavorParameter flavor;

    @Mixin
    private FlavorOptions options;

    @Mixin
    private ArchitectureOption architecture;

    @Mixin
    private PlaceOptions places;

    @Mixin
    private ProgressOption progressOption;

    @Override
    public Integer call() {
        new Assembler(places.store(), progressOption.progress(spec.commandLine().getErr()))
                .lock(options.request(
                        places.project(), flavor.documents(), architecture.architecture(), Compression.ZSTD_3));
        return 0;
    }
}
