package dev.osie.build.cli;

import dev.osie.build.failure.BuildException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code osie-build}. */
@Command(
        name = "osie-build",
        description =
                "Builds operating system installation environments: a kernel + initramfs pair that netboots bare metal,"
                        + " brings up containerd services and runs tink-worker. The same inputs give the same bytes everywhere.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "VERB",
        commandListHeading = "%nVerbs:%n",
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%nParameters:%n",
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:done",
            " 1:a bug of osie-build",
            " 2:a document or the command line is wrong",
            " 3:an input cannot be had (network, mirror, disk)",
            " 4:a digest, a signature, a validity date or a lock does not hold",
            " 5:a program the verb is about is not installed"
        },
        subcommands = {
            BuildCommand.class,
            RunCommand.class,
            FetchCommand.class,
            CacheCommand.class,
            LockCommand.class,
            ImageCommand.class,
            KernelCommand.class,
            ComposeCommand.class,
            ExplainCommand.class,
            LsCommand.class,
            ValidateCommand.class,
            DriversCommand.class,
            ModulesCommand.class,
            SchemaCommand.class
        })
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Main());
        commandLine.setParameterExceptionHandler(Main::reportUsage);
        commandLine.setExecutionExceptionHandler(
                (failure, command, parsed) -> FailureReport.print(failure, command.getErr()));
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        return commandLine;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a verb, such as 'osie-build build'.");
    }

    private static int reportUsage(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(failure.getMessage());
        UnmatchedArgumentException.printSuggestions(failure, err);
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        err.flush();
        return BuildException.Kind.BAD_INPUT.exitCode();
    }
}
