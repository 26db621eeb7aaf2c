package dev.osie.build.cli;

import dev.osie.build.failure.BuildException;
import dev.osie.build.yaml.DocumentException;
import java.io.PrintWriter;

/** What a user sees of a failure. */
final class FailureReport {
    private static final int BUG = 1;

    private FailureReport() {}

    /** Prints it, and returns the exit code of its kind. */
    static int print(Exception failure, PrintWriter err) {
        int exitCode = BUG;
        if (failure instanceof BuildException known) {
            boolean document = known instanceof DocumentException;
            err.println(document ? ((DocumentException) known).withExcerpts() : known.getMessage());
            known.hint().ifPresent(err::println);
            if (document) {
                err.println(((DocumentException) known).count() + ", nothing built.");
            }
            exitCode = known.kind().exitCode();
        } else {
            err.println("This is a bug of osie-build; please report it with these lines:");
            failure.printStackTrace(err);
        }
        err.flush();
        return exitCode;
    }
}
