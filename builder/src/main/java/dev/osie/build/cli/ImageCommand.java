package dev.osie.build.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code osie-build image}: the images of the store. */
@Command(
        name = "image",
        description = "Does something with the images that builds have made or pulled.",
        subcommands = {ImagePushCommand.class})
final class ImageCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a verb, such as 'osie-build image push'.");
    }
}
