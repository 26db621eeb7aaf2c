package dev.osie.build.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.osie.build.oci.Image;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What recipes make, as other programs read it. */
@Tag("tools")
class RecipeToolsTest {
    @TempDir
    Path directory;

    private TestRecipes recipes;
    private Image image;

    @BeforeEach
    void buildImage() throws IOException {
        recipes = new TestRecipes(directory);
        recipes.write("tool", """
                users: [{ name: app, uid: 100, gid: 101 }, { name: system }]
                files:
                  - { path: usr/bin/zz, contents: "#!/bin/sh\n", mode: "4711", uid: app, gid: app }
                  - { path: usr/bin/aa, link: usr/bin/zz }
                  - { path: usr/bin/ping, contents: x, mode: "0755", capabilities: [cap_net_raw+ep] }
                  - { path: usr/bin/newuidmap, contents: x, mode: "0755", capabilities: ["cap_setuid,cap_bpf=eip"] }
                  - { path: usr/bin/some, contents: x, mode: "0755", capabilities: [cap_chown+i, cap_kill+p] }
                  - { path: tmp, directory: true, mode: "1777" }
                  - { path: dev/null, device: { type: c, major: 1, minor: 3 }, mode: "0666" }
                  - { path: dev/sda, device: { type: b, major: 8, minor: 0 } }
                  - { path: run/pipe, fifo: true }
                config:
                  user: app
                  exposed-ports: [80/tcp]
                  labels: { org.mobyproject.config: { capabilities: [CAP_NET_RAW] } }
                """);
        image = recipes.build("tool");
    }

    @Test
    void skopeoReadsTheConfiguration() throws Exception {
        String config =
                run("skopeo", "inspect", "--config", "oci:" + recipes.store().root() + ":osie-build/tool:x86_64");

        assertThat(config)
                .contains("\"User\": \"100:101\"", "\"80/tcp\": {}")
                .contains("\"org.mobyproject.config\": \"{\\\"capabilities\\\":[\\\"CAP_NET_RAW\\\"]}\"");
    }

    @Test
    void tarListsEveryFileAsTheRecipeSaysIt() throws Exception {
        String listed = run("tar", "--numeric-owner", "-tvf", layer().toString());

        assertThat(listed.lines()
                        .map(line -> line.replaceAll("\\s+[0-9-]{10} [0-9:]{5} ", " ")
                                .replaceAll("\\s+", " ")))
                .contains(
                        "-rws--x--x 100/101 10 usr/bin/aa",
                        "hrw-r--r-- 0/0 0 usr/bin/zz link to usr/bin/aa",
                        "drwxrwxrwt 0/0 0 tmp/",
                        "crw-rw-rw- 0/0 1,3 dev/null",
                        "brw------- 0/0 8,0 dev/sda",
                        "prw------- 0/0 0 run/pipe");
    }

    /** Only root may make devices and give capabilities. */
    @Test
    void unpackedThroughACopyItIsOnTheDiskWhatTheRecipeSays() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "needs root");
        Path copy = directory.resolve("copy");
        run("skopeo", "copy", "-q", "oci:" + recipes.store().root() + ":osie-build/tool:x86_64", "dir:" + copy);
        Path root = Files.createDirectory(directory.resolve("root"));
        run(
                "tar",
                "--xattrs",
                "--xattrs-include=*",
                "-xpf",
                copy.resolve(layer().getFileName()).toString(),
                "-C",
                root.toString());

        assertThat(capabilities(root, "ping")).endsWith("ping cap_net_raw=ep\n");
        assertThat(capabilities(root, "newuidmap")).endsWith("newuidmap cap_setuid,cap_bpf=eip\n");
        assertThat(capabilities(root, "some")).contains("cap_chown=i cap_kill+p");
        assertThat(run(
                        "stat",
                        "-c",
                        "%a %u:%g %h %F",
                        root.resolve("usr/bin/zz").toString()))
                .isEqualTo("4711 100:101 2 regular file\n");
        assertThat(run("stat", "-c", "%a %F %t:%T", root.resolve("dev/sda").toString()))
                .isEqualTo("600 block special file 8:0\n");
    }

    private Path layer() {
        return recipes.store().path(image.layers().get(0).blob().digest());
    }

    private String capabilities(Path root, String program) throws Exception {
        return run("/usr/sbin/getcap", root.resolve("usr/bin").resolve(program).toString());
    }

    private static String run(String... command) throws Exception {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new AssertionError("This test needs " + command[0] + ": apt install skopeo tar libcap2-bin", e);
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
