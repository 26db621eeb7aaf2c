package dev.osie.build.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code osie-build cache}: care of the store. */
@Command(
        name = "cache",
        description =
                "Shows, tidies up and checks the store of downloads and finished steps, and carries it to other machines.",
        synopsisSubcommandLabel = "VERB",
        commandListHeading = "%nVerbs:%n",
        subcommands = {
            CacheInfoCommand.class,
            CachePruneCommand.class,
            CacheVerifyCommand.class,
            CacheExportCommand.class,
            CacheImportCommand.class
        })
final class CacheCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a verb, such as 'osie-build cache info'.");
    }
}
