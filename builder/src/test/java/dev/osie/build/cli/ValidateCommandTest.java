package dev.osie.build.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.build.compose.TestTemplates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The verbs validate and schema, as people and programs see them. */
class ValidateCommandTest {
    private static final String PLAIN = "kernel: { image: k:1 }\ninit: [i:1]\n";

    @TempDir
    Path root;

    private TestTemplates project;

    private record Result(int exitCode, String output, String errors) {}

    @BeforeEach
    void writeProject() throws IOException {
        project = new TestTemplates(root);
        project.write("images/init/image.yaml", "description: the init\n");
        project.flavor("mini", PLAIN);
    }

    @Test
    void saysHowManyDocumentsAreRight() throws IOException {
        Path plain = project.write("plain.yml", PLAIN);
        project.piece("p", "services: [{ name: s, image: x:1 }]\n");
        project.flavor("f", "osie: { pieces: [p] }\n" + PLAIN);

        Result result = run("validate", plain.toString(), "f");

        assertThat(result).isEqualTo(new Result(0, "", "3 documents, no problems.\n"));
    }

    @Test
    void reportsEverythingInEveryDocumentWithItsLine() throws IOException {
        Path one = project.write("one.yml", PLAIN + "service: []\n");
        Path two = project.write(
                "two.yml",
                PLAIN + "files: [{ path: ../a, contents: x }]\nonboot: [{ name: o, image: \"@image:inti\" }]\n");

        Result result = run("validate", one.toString(), two.toString());

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.output()).isEmpty();
        assertThat(result.errors()).isEqualTo("""
                one.yml:3:1: unknown key 'service' in the document — did you mean 'services'?
                    3 | service: []
                      | ^^^^^^^
                two.yml:3:17: the path '../a' leaves the tree: '..' is not allowed
                    3 | files: [{ path: ../a, contents: x }]
                      |                 ^^^^
                two.yml:4:28: there is no recipe 'images/inti' — did you mean 'init'?
                    4 | onboot: [{ name: o, image: "@image:inti" }]
                      |                            ^^^^^^^^^^^^^
                3 problems, nothing built.
                """);
    }

    @Test
    void checksARecipeWithThoseItBuildsOnForEveryArchitecture() throws IOException {
        project.write("images/base/image.yaml", "description: x\nusers: [{ name: app, uid: 7 }]\n");
        Path right = project.write(
                "images/right/image.yaml", "description: x\nfrom: base\nfiles: [{ path: a, contents: x, uid: app }]\n");
        Path wrong = project.write("images/wrong/image.yaml", """
                description: x
                from: base
                files:
                  - { path: a, source: nothing, arch: [aarch64] }
                  - { path: b, contents: x, uid: ap }
                """);

        assertThat(run("validate", right.toString())).isEqualTo(new Result(0, "", "2 documents, no problems.\n"));
        Result result = run("validate", wrong.toString());

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errors()).isEqualTo("""
                images/wrong/image.yaml:4:24: there is no file 'nothing' beside image.yaml
                    4 |   - { path: a, source: nothing, arch: [aarch64] }
                      |                        ^^^^^^^
                images/wrong/image.yaml:5:34: the image has no user 'ap' — did you mean 'app'?
                    5 |   - { path: b, contents: x, uid: ap }
                      |                                  ^^
                2 problems, nothing built.
                """);
    }

    @Test
    void aRecipeElsewhereIsCalledAsItsUserCallsIt() throws IOException {
        Path elsewhere = project.write("lab/recipes/app/image.yaml", "description: x\nfrom: nothing\n");

        assertThat(run("validate", elsewhere.toString()).errors())
                .startsWith(elsewhere + ":2:7: there is no recipe 'nothing' — the recipes are app");
    }

    @Test
    void saysThatThereIsNoSuchRecipe() {
        assertThat(run("validate", root.resolve("images/nothing/image.yaml").toString())
                        .errors())
                .contains("images/nothing/image.yaml: there is no such file");
    }

    @Test
    void aFlavorsRecipesAreCheckedToo() throws IOException {
        project.write("images/wrong/image.yaml", "description: x\nfiles: [{ path: a, source: nothing }]\n");
        project.flavor("f", "osie: { pieces: [] }\n" + PLAIN + "onboot: [{ name: o, image: \"@image:wrong\" }]\n");

        assertThat(run("validate", "f").errors())
                .contains("images/wrong/image.yaml:2:28: there is no file 'nothing' beside image.yaml");
    }

    @Test
    void looksAtWhatOnlyOneArchitectureGets() throws IOException {
        project.flavor(
                "f",
                "osie: { vars: {} , pieces: [] }\n" + PLAIN
                        + "services: [{ name: s, image: \"@image:none\", $arch: [aarch64] }]\n");

        assertThat(run("validate", "f").errors())
                .contains("f.yaml:4:30: there is no recipe 'images/none'")
                .endsWith("1 problem, nothing built.\n");
    }

    @Test
    void aVariableThatTheBuilderGivesIsNoProblem() throws IOException {
        project.flavor(
                "f", "osie: { vars: { NAME: } }\n" + PLAIN + "files: [{ path: \"etc/${NAME}\", contents: x }]\n");

        assertThat(run("validate", "f").exitCode()).isZero();
    }

    @Test
    void readsStandardInput() {
        InputStream terminal = System.in;
        try {
            System.setIn(new ByteArrayInputStream("services: 1\n".getBytes(StandardCharsets.UTF_8)));

            assertThat(run("validate", "-").errors())
                    .startsWith("stdin:1:11: 'services' of the document must be a list");
        } finally {
            System.setIn(terminal);
        }
    }

    @Test
    void writesProblemsForPrograms() throws IOException {
        Path file = project.write("one.yml", PLAIN + "service: []\n");

        Result result = run("validate", "--json", file.toString());

        JsonNode problems = new ObjectMapper().readTree(result.output());
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errors()).isEqualTo("1 problem.\n");
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0).path("file").asText()).isEqualTo("one.yml");
        assertThat(problems.get(0).path("line").asInt()).isEqualTo(3);
        assertThat(problems.get(0).path("column").asInt()).isEqualTo(1);
        assertThat(problems.get(0).path("message").asText()).startsWith("unknown key 'service'");
        assertThat(run("validate", "--json", project.write("two.yml", PLAIN).toString())
                        .output())
                .isEqualTo("[]\n");
    }

    @Test
    void aDocumentThatIsNotThereIsAProblemAmongOthers() throws IOException {
        Path file = project.write("one.yml", PLAIN + "service: []\n");

        assertThat(run("validate", root.resolve("none.yml").toString(), file.toString())
                        .errors())
                .contains("none.yml: there is no such file", "unknown key 'service'", "2 problems");
    }

    @Test
    void printsASchema() throws IOException {
        Result recipes = run("schema", "--recipe");
        Result result = run("schema");

        assertThat(new ObjectMapper().readTree(recipes.output()).path("title").asText())
                .isEqualTo("osie-build recipe");

        assertThat(result.exitCode()).isZero();
        assertThat(new ObjectMapper().readTree(result.output()).path("$schema").asText())
                .contains("draft-07");
    }

    private Result run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        List<String> all = new ArrayList<>(List.of(arguments));
        if (all.get(0).equals("validate")) {
            all.addAll(List.of("--project", root.toString()));
        }
        return new Result(commandLine.execute(all.toArray(String[]::new)), out.toString(), err.toString());
    }
}
