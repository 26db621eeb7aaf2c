package dev.osie.build.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code osie-build schema}: what documents may hold, for editors. */
@Command(
        name = "schema",
        description = {
            "Prints the JSON Schema (draft-07) of flavors, pieces, overlays and LinuxKit YAML, for editors that complete and"
                    + " explain keys.",
            "Keep it as a file, and name that in a document's first line: # yaml-language-server: $schema=FILE"
        })
final class SchemaCommand implements Callable<Integer> {
    private static final String SCHEMA = "/dev/osie/build/spec/schema.json";

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (InputStream schema = SchemaCommand.class.getResourceAsStream(SCHEMA)) {
            out.print(new String(schema.readAllBytes(), StandardCharsets.UTF_8));
        }
        out.flush();
        return 0;
    }
}
