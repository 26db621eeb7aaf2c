package dev.osie.build.cli;

import dev.osie.build.progress.Progress;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** Which form progress takes; it goes to standard error, so that standard output carries only what was asked for. */
final class ProgressOption {
    @Option(names = "--json", description = "Report progress as one JSON object a line, on standard error.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Report nothing but errors.")
    private boolean quiet;

    /** Whether programs read what is printed. */
    boolean json() {
        return json;
    }

    Progress progress(PrintWriter err) {
        if (quiet) {
            return Progress.SILENT;
        } else if (json) {
            return new JsonProgress(err);
        } else if (terminal()) {
            return new LiveProgress(err);
        }
        return new PlainProgress(err);
    }

    /** The launcher tells whether standard error is a terminal, which Java 17 cannot. */
    private static boolean terminal() {
        return Boolean.getBoolean("osie.terminal") && !"dumb".equals(System.getenv("TERM"));
    }
}
