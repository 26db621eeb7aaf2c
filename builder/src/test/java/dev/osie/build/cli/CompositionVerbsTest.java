package dev.osie.build.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.compose.TestTemplates;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The verbs compose, explain and ls, as far as they need no packages. */
class CompositionVerbsTest {
    @TempDir
    Path root;

    private record Result(int exitCode, String output, String errors) {}

    @BeforeEach
    void writeProject() throws IOException {
        TestTemplates templates = new TestTemplates(root);
        templates.flavor("mini", """
                osie:
                  description: the least there is
                  kernel: { use: small, modules: few }
                  vars: { NAME: x }
                kernel: { cmdline: quiet }
                init: ["@image:init"]
                files: [{ path: etc/name, contents: "${NAME}" }]
                """);
        templates.flavor("broken", "# Never to be built. Or is it?\nfiles: [\n");
        templates.piece("network", "# An address. By DHCP.\nservices: []\n");
        templates.write("images/init/image.yaml", "description: the init\n");
        templates.write("kernel-configs/small.yaml", "description: a kernel\n");
        templates.write("kernel-configs/modules/few.yaml", "description: a few\n");
    }

    @Test
    void composePrintsTheMergeWithNamesAsTheyStand() {
        Result result = run("compose", "mini", "--no-images", "--set", "NAME=lab");

        assertThat(result.errors()).isEmpty();
        assertThat(result.output()).isEqualTo("""
                # The kernel: small, modules of few.
                kernel:
                    cmdline: quiet
                init:
                  - "@image:init"
                files:
                  - path: etc/name
                    contents: lab
                """);
    }

    @Test
    void composeJoinsPlainDocuments() throws IOException {
        Path one = new TestTemplates(root).write("one.yml", "init: [a/init]\n");
        Path two = new TestTemplates(root).write("two.yml", "init: [b/init]\n");

        assertThat(run("compose", one.toString(), two.toString(), "--no-images").output())
                .isEqualTo("init:\n  - a/init\n  - b/init\n");
    }

    @Test
    void explainPrintsAnAlignedLineForEachPlace() {
        assertThat(run("explain", "files/etc/name", "mini").output()).isEqualTo("""
                linuxkit-templates/flavors/mini.yaml:7:17   path: etc/name
                linuxkit-templates/flavors/mini.yaml:7:37   contents: x
                """);
        Result missing = run("explain", "files/etc/nmae", "mini");
        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.errors()).contains("Did you mean files/etc/name?");
    }

    @Test
    void lsListsEveryKindByName() {
        assertThat(run("ls").output()).isEqualTo("""
                flavors
                  broken   linuxkit-templates/flavors/broken.yaml:3:1: expected the node content, but found '<stream end>'
                  mini     the least there is
                pieces
                  network  An address
                overlays
                images
                  init     the init
                kernels
                  small    a kernel
                modules
                  few      a few
                """.replace("linuxkit-templates/flavors/", ""));
    }

    @Test
    void lsPrintsOneKindAndJson() {
        assertThat(run("ls", "pieces").output()).isEqualTo("network  An address\n");
        assertThat(run("ls", "images", "--json").output())
                .isEqualToIgnoringWhitespace(
                        "{ \"images\": [ { \"name\": \"init\", \"description\": \"the init\" } ] }");
        assertThat(run("ls", "piece").exitCode()).isEqualTo(2);
    }

    @Test
    void aNameThatIsNoFileNameIsRefused() {
        Result result = run("compose", "mini", "--no-images", "--name", "../x");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errors()).contains("--name ../x");
    }

    private Result run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--project";
        all[arguments.length + 1] = root.toString();
        return new Result(commandLine.execute(all), out.toString(), err.toString());
    }
}
