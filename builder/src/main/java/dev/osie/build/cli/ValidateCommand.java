package dev.osie.build.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.assemble.Project;
import dev.osie.build.assemble.ProjectCheck;
import dev.osie.build.compose.Checked;
import dev.osie.build.compose.DocumentCheck;
import dev.osie.build.failure.BuildException;
import dev.osie.build.yaml.DocumentException;
import dev.osie.build.yaml.DocumentText;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code osie-build validate}: everything that is wrong with documents, without building anything. */
@Command(
        name = "validate",
        description = {
            "Reports everything that is wrong with documents. It needs no network, no lock and no image.",
            "A flavor is checked with its pieces; a piece or an overlay by itself, where what it refers to may be in other"
                    + " documents; plain LinuxKit YAML as LinuxKit reads it; a recipe (NAME/image.yaml) with those it builds on,"
                    + " for every architecture."
        })
final class ValidateCommand implements Callable<Integer> {
    private static final String STANDARD_INPUT = "-";
    private static final int KEPT_FOR_PROGRAMS = 10_000;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "A flavor by name, or the file of any document or recipe; - for standard input.")
    private List<String> documents;

    @Option(
            names = "--json",
            description = "Write the problems to standard output, as an array of {file, line, column, message}.")
    private boolean json;

    @Mixin
    private PlaceOptions places;

    @Override
    public Integer call() throws IOException {
        Problems problems = json ? new Problems(KEPT_FOR_PROGRAMS) : new Problems();
        int read = check(problems);
        try {
            problems.throwIfAny();
        } catch (DocumentException e) {
            if (!json) {
                throw e;
            }
            print(e);
            spec.commandLine().getErr().println(e.count() + ".");
            return e.kind().exitCode();
        }
        if (json) {
            spec.commandLine().getOut().println("[]");
        }
        spec.commandLine().getErr().println((read == 1 ? "1 document" : read + " documents") + ", no problems.");
        return 0;
    }

    /** Checks every document, and tells how many were read. */
    private int check(Problems problems) throws IOException {
        Path root = places.project();
        DocumentCheck check = new DocumentCheck(root, problems);
        ProjectCheck project = new ProjectCheck(new Project(root), problems);
        Set<String> read = new TreeSet<>();
        for (String document : documents) {
            if (ProjectCheck.isRecipe(document)) {
                read.addAll(project.checkRecipe(Path.of(document)));
                continue;
            }
            List<Checked> checked =
                    document.equals(STANDARD_INPUT) ? standardInput(check, problems) : check.check(document);
            checked.forEach(project::check);
            checked.forEach(each -> read.addAll(each.composition().documents()));
        }
        return read.size();
    }

    private static List<Checked> standardInput(DocumentCheck check, Problems problems) throws IOException {
        try {
            return check.check("stdin", Path.of("stdin"), DocumentText.of("stdin", System.in));
        } catch (BuildException e) {
            problems.add(Position.whole("stdin"), e);
            return List.of();
        }
    }

    private void print(DocumentException failure) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ArrayNode array = mapper.createArrayNode();
        failure.problems().forEach(problem -> {
            ObjectNode object = array.addObject().put("file", problem.position().document());
            // Of a document that cannot be read at all there is no line.
            object.put("line", Math.max(1, problem.position().line()));
            object.put("column", Math.max(1, problem.position().column()));
            object.put("message", problem.message());
        });
        PrintWriter out = spec.commandLine().getOut();
        out.println(mapper.writerWithDefaultPrettyPrinter().writeValueAsString(array));
        out.flush();
    }
}
