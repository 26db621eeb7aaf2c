package dev.osie.build.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.compose.TestTemplates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
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

        assertThat(result.errors()).isEqualTo("Left out, as plain LinuxKit YAML cannot say it: kernel of osie.\n");
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
    void composeNamesWhatLinuxKitCannotSay() throws IOException {
        Path flavor = new TestTemplates(root).write("loud.yaml", """
                osie:
                  embed.add: ["@image:init"]
                  defaults: { hardened: true }
                  services: { web: { restart: always } }
                  onboot: {}
                kernel: { image: k }
                services: [{ name: web, image: a/web }]
                """);
        Path quiet = new TestTemplates(root).write("quiet.yaml", "osie: { description: x }\nkernel: { image: k }\n");

        assertThat(run("compose", flavor.toString(), "--no-images").errors())
                .isEqualTo("Left out, as plain LinuxKit YAML cannot say it: defaults, services, embed of osie.\n");
        assertThat(run("compose", quiet.toString(), "--no-images").errors()).isEmpty();
    }

    @Test
    void whatComposePrintsOfAPlainDocumentIsWhatItReads() throws IOException {
        TestTemplates templates = new TestTemplates(root);
        Path plain = templates.write("plain.yml", """
                kernel: { image: k:1, cmdline: quiet }
                init: [a/init:1]
                volumes: [{ name: data, readonly: yes }]
                services: [{ name: web, image: a/web, binds: ["data:/data:ro"], env: , hostname: off, uts: new }]
                files: [{ path: etc/x, source: x, uid: web }]
                """);
        templates.write("x", "x");
        String composed = run("compose", plain.toString(), "--no-images").output();
        Path again = templates.write("again.yml", composed);

        assertThat(run("validate", again.toString()).errors()).isEqualTo("1 document, no problems.\n");
        assertThat(run("compose", again.toString(), "--no-images")).isEqualTo(new Result(0, composed, ""));
    }

    @Test
    void addressesOfDocumentsAreRefusedWithWhatToDo() {
        for (String[] command : new String[][] {
            {"compose", "https://lab.example/x.yml"},
            {"validate", "https://lab.example/x.yml"},
            {"compose", "mini", "--overlay", "https://lab.example/x.yml"}
        }) {
            Result result = run(command);

            assertThat(result.exitCode()).isEqualTo(2);
            assertThat(result.errors())
                    .contains("'https://lab.example/x.yml' is an address, and documents are not fetched")
                    .contains("curl -fLO https://lab.example/x.yml");
        }
    }

    @Test
    void aFormatOfLinuxKitIsNamedAsItIsCalledHere() {
        assertThat(run("build", "mini", "--format", "tar,kernel+initrd").errors())
                .contains(
                        "'kernel+initrd' is not a format: expected pair, tar or dtbs; LinuxKit's kernel+initrd is pair");
        assertThat(run("build", "mini", "--format", "iso-efi").errors())
                .contains("'iso-efi' is not a format: expected pair, tar or dtbs\n");
    }

    @Test
    void standardInputIsTextInUtf8() {
        InputStream terminal = System.in;
        try {
            System.setIn(new ByteArrayInputStream(new byte[] {'i', 'n', 'i', 't', ':', ' ', (byte) 0xff}));
            assertThat(run("compose", "-", "--no-images").errors())
                    .startsWith("standard input:1:7: not text in UTF-8: the byte 0xff");
        } finally {
            System.setIn(terminal);
        }
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
