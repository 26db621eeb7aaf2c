package dev.osie.build.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code osie-build schema}: what documents may hold, for editors. */
@Command(
        name = "schema",
        description = {
            "Prints the JSON Schema (draft-07) of flavors, pieces, overlays and LinuxKit YAML, or of recipes, for editors that"
                    + " complete and explain keys.",
            "Keep it as a file, and name that in a document's first line: # yaml-language-server: $schema=FILE"
        })
final class SchemaCommand implements Callable<Integer> {
    private static final String DOCUMENTS = "/dev/osie/build/spec/schema.json";
    private static final String RECIPES = "/dev/osie/build/image/recipe.schema.json";

    @Spec
    private CommandSpec spec;

    @Option(names = "--recipe", description = "The schema of recipes, images/NAME/image.yaml.")
    private boolean recipe;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (InputStream schema = SchemaCommand.class.getResourceAsStream(recipe ? RECIPES : DOCUMENTS)) {
            out.print(new String(schema.readAllBytes(), StandardCharsets.UTF_8));
        }
        out.flush();
        return 0;
    }
}
