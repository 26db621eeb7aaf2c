package dev.osie.build.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code osie-build image}: the store's images, and those of other places. */
@Command(
        name = "image",
        description = {
            "Lists, makes, shows and moves images of the store, from and to archives, registries and Docker.",
            "A NAME is a recipe's (docker), or one that 'image ls' lists. A SOURCE is an image where it comes from, as skopeo"
                    + " spells it:",
            "  oci:DIR[:NAME]                 a directory with an image layout",
            "  oci-archive:FILE[:NAME]        the same as a tar archive",
            "  docker-archive:FILE[:NAME]     what docker save wrote",
            "  docker-daemon:NAME             an image of a Docker daemon ($DOCKER_HOST, else this machine's)",
            "  docker://NAME, or NAME alone   an image of a registry",
            "Archives may be compressed by gzip or zstd. Every digest and size is compared."
        },
        subcommands = {
            ImageLsCommand.class,
            ImageInspectCommand.class,
            ImageBuildCommand.class,
            ImagePushCommand.class,
            ImageExportCommand.class,
            ImageImportCommand.class,
            ImageRmCommand.class
        })
final class ImageCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name what to do with images, such as 'osie-build image ls'.");
    }
}
