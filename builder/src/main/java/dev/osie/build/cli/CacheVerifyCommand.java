package dev.osie.build.cli;

import dev.osie.build.cache.Verification;
import dev.osie.build.failure.BuildException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code osie-build cache verify}: finds and removes what was altered in the store. */
@Command(
        name = "verify",
        description = {
            "Reads all of the store and compares it with its digests. What was altered is named and removed, so that the next"
                    + " build fetches or makes it again; the exit code is 4 then.",
            "Builds compare what they read themselves. This finds a failing disk before one needs what is on it."
        })
final class CacheVerifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private PlaceOptions places;

    @Mixin
    private ProgressOption progressOption;

    @Override
    public Integer call() {
        Verification result = Verification.of(
                places.store(), progressOption.progress(spec.commandLine().getErr()));
        PrintWriter out = spec.commandLine().getOut();
        result.damage().forEach(item -> out.println("altered, and removed: " + item));
        out.println(result.blobs() + " blobs, " + Sizes.bytes(result.bytes()) + ": "
                + (result.damage().isEmpty() ? "all whole" : result.damage().size() + " problems"));
        out.flush();
        return result.damage().isEmpty() ? 0 : BuildException.Kind.VERIFICATION.exitCode();
    }
}
