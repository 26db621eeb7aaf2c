package dev.osie.build.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.spec.Identity;
import dev.osie.build.spec.ImageName;
import dev.osie.build.tree.Node;
import dev.osie.build.yaml.DocumentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecipesTest {
    @TempDir
    Path directory;

    @Test
    void readsEverythingARecipeCanSay() throws IOException {
        write("app", """
                description: an application
                from: base
                packages: [libc6, { name: g++-14, remove: [usr/lib/gcc], keep: [usr/lib/gcc/x] }]
                exclude: [debconf]
                remove: ["usr/share/x/**"]
                keep: ["usr/share/doc/kept"]
                files:
                  - { path: /etc/a, source: dir/a, mode: "4755", uid: 1, gid: app, capabilities: [cap_net_raw+ep] }
                  - { path: etc/b, contents: "text" }
                  - { path: var/lib/x, directory: true, mode: "1777" }
                  - { path: etc/link, symlink: ../b }
                  - { path: etc/hard, link: /etc/b }
                  - { path: dev/sda, device: { type: b, major: 8, minor: 0 } }
                  - { path: run/pipe, fifo: true, uid: "7" }
                  - { path: usr/bin/ping, existing: true, mode: "0700" }
                users: [{ name: app, uid: 100, gid: 101, home: /srv, shell: /bin/sh }, { name: system, gid: disk }]
                groups: [{ name: disk, gid: 6, members: [app] }, { name: other }]
                jre: { package: openjdk-21-jdk-headless, modules: [java.base] }
                java: { jar: app/target/app.jar, libraries: app/target/lib, main-class: a.Main, jvm-flags: [-Xmx64m] }
                config:
                  entrypoint: [/bin/app]
                  cmd: []
                  env: { A: "1", B: two }
                  working-dir: /srv
                  user: "100:app"
                  labels: { a: b, org.mobyproject.config: { capabilities: [CAP_NET_RAW], readonly: true, oomScoreAdj: -5 } }
                  volumes: [/data]
                  exposed-ports: [80/tcp, "53"]
                  stop-signal: SIGINT
                """);

        Recipe recipe = get("app");

        assertThat(recipe.from().map(Recipe.Reference::name)).contains("base");
        assertThat(recipe.base()).isEmpty();
        assertThat(recipe.packageNames()).containsExactly("libc6", "g++-14");
        assertThat(recipe.filterOf("g++-14").toString())
                .contains("usr/lib/gcc", "keep [usr/lib/gcc/x, usr/share/doc/kept]");
        assertThat(recipe.filterOf("libc6").toString()).doesNotContain("usr/lib/gcc");
        assertThat(recipe.exclude()).containsExactly("debconf");
        assertThat(recipe.files())
                .extracting(file -> file.path() + " " + permissions(file))
                .containsExactly(
                        "etc/a 4755 1 app cap",
                        "etc/b - - -",
                        "var/lib/x 1777 - -",
                        "etc/link - - -",
                        "etc/hard - - -",
                        "dev/sda - - -",
                        "run/pipe - 7 -",
                        "usr/bin/ping 700 - -");
        assertThat(recipe.files().get(0).kind())
                .isInstanceOfSatisfying(
                        RecipeFile.Copied.class,
                        copied -> assertThat(copied.source()).isEqualTo("dir/a"));
        assertThat(recipe.files().stream()
                        .skip(1)
                        .map(RecipeFile::kind)
                        .filter(kind -> !(kind instanceof RecipeFile.HardLink)))
                .containsExactly(
                        new RecipeFile.Text("text"),
                        new RecipeFile.Directory(),
                        new RecipeFile.Symlink("../b"),
                        new RecipeFile.Device(Node.Device.Kind.BLOCK, 8, 0),
                        new RecipeFile.Fifo(),
                        new RecipeFile.Existing());
        assertThat(recipe.users()).extracting(Recipe.User::name).containsExactly("app", "system");
        assertThat(recipe.users().get(1).uid()).isEmpty();
        assertThat(recipe.groups().get(0).members()).extracting(Identity::text).containsExactly("app");
        assertThat(recipe.java().orElseThrow().jar())
                .isEqualTo(directory.toAbsolutePath().resolve("app/target/app.jar"));
        assertThat(recipe.config().env()).containsExactly(Map.entry("A", "1"), Map.entry("B", "two"));
        assertThat(recipe.config().cmd()).contains(List.of());
        assertThat(recipe.config().labels())
                .containsEntry("a", "b")
                .containsEntry(
                        "org.mobyproject.config",
                        "{\"capabilities\":[\"CAP_NET_RAW\"],\"readonly\":true,\"oomScoreAdj\":-5}");
        assertThat(recipe.config().stopSignal()).contains("SIGINT");
    }

    private static String permissions(RecipeFile file) {
        return file.permissions().mode().map(Integer::toOctalString).orElse("-") + " "
                + file.permissions().uid().map(Identity::text).orElse("-") + " "
                + file.permissions().gid().map(Identity::text).orElse("-")
                + (file.permissions().capabilities().isPresent() ? " cap" : "");
    }

    @Test
    void holdsForAnArchitectureWhatIsForIt() throws IOException {
        write("app", """
                description: an application
                packages: [libc6, { name: intel-microcode, arch: [x86_64] }, { name: grub, arch: aarch64 }]
                exclude: [{ name: debconf, arch: [aarch64] }]
                files:
                  - { path: etc/a, contents: intel, arch: [x86_64] }
                  - { path: etc/a, contents: arm, arch: [aarch64] }
                users: [{ name: a, uid: 1, arch: [arm64] }]
                groups: [{ name: b, gid: 1, arch: [amd64] }]
                config:
                  env:
                    - { name: A, value: "1" }
                    - { name: LIB, value: intel, arch: [x86_64] }
                    - { name: LIB, value: arm, arch: [aarch64] }
                """);

        Recipe intel = get("app");
        Recipe arm = recipes().on(Architecture.AARCH64).get("app");

        assertThat(intel.packageNames()).containsExactly("libc6", "intel-microcode");
        assertThat(arm.packageNames()).containsExactly("libc6", "grub");
        assertThat(intel.exclude()).isEmpty();
        assertThat(arm.exclude()).containsExactly("debconf");
        assertThat(intel.files()).extracting(RecipeFile::kind).containsExactly(new RecipeFile.Text("intel"));
        assertThat(arm.files()).extracting(RecipeFile::kind).containsExactly(new RecipeFile.Text("arm"));
        assertThat(intel.users()).isEmpty();
        assertThat(arm.users()).hasSize(1);
        assertThat(intel.groups()).hasSize(1);
        assertThat(arm.groups()).isEmpty();
        assertThat(intel.config().env()).containsExactly(Map.entry("A", "1"), Map.entry("LIB", "intel"));
        assertThat(arm.config().env()).containsExactly(Map.entry("A", "1"), Map.entry("LIB", "arm"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docker.io/library/alpine:3.20",
                "alpine:3.20",
                "library/alpine",
                "alpine@sha256:9b61a9d0cd5ff5f3d5e1a4c6dfb0d7c6d2ee0dfbd3d9ab2e36f6b6a1b7c3d1f0"
            })
    void buildsOnAnImageByReference(String reference) throws IOException {
        write("app", "description: x\nfrom: " + reference + "\n");

        assertThat(get("app").from()).isEmpty();
        assertThat(get("app").base().map(ImageName::text)).contains(reference);
    }

    @Test
    void reportsEveryMistakeWithItsPlace() throws IOException {
        write("app", """
                description: x
                packges: [libc6]
                files:
                  - { path: etc/a, contents: x, mode: 0644 }
                  - { path: etc/b, contents: x, mode: "rw-r--r--" }
                users: [{ name: "ro:ot", uid: 0 }]
                """);

        assertThatThrownBy(() -> Recipes.in(directory.resolve("images")).get("app"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining(
                        "image.yaml:2:1: unknown key 'packges' in recipe 'app' — did you mean 'packages'?")
                .hasMessageContaining(
                        "images/app/image.yaml:4:39: 'mode' of file 'etc/a' must be text: write \"0644\" with quotes (YAML reads 0644 as the number 420)")
                .hasMessageContaining("image.yaml:5:39: 'rw-r--r--' is not a mode")
                .hasMessageContaining("'ro:ot' is not the name of a user");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            files: [{ path: ../etc/x, contents: a }]                    | leaves the tree
            files: [{ path: etc/x, source: ../../etc/passwd }]          | leaves the tree
            files: [{ path: etc/x, source: /etc/passwd }]               | must be relative
            files: [{ path: /, contents: a }]                           | must name a path
            files: [{ path: etc/x }]                                    | exactly one of 'source'
            files: [{ path: etc/x, contents: a, symlink: b }]           | exactly one of 'source'
            files: [{ path: a, contents: a }, { path: /a, contents: b }]| names a twice
            files: [{ path: etc/x, contents: a, uid: -1 }]              | between 0 and
            remove: [../../*]                                           | leaves the tree
            packages: [Libc6]                                           | is not the name of a Debian package
            packages: [{ name: a }]                                     | is not the name of a Debian package
            packages: [{ name: aa, source: b }]                         | unknown key 'source'
            packages: [aa, aa]                                          | names aa twice
            packages: [1]                                               | must be names of Debian packages
            packages: [{ name: aa, arch: [m68k] }]                      | is not an architecture
            { packages: [aa], exclude: [aa] }                           | both name aa
            from: ../other                                              | names neither a recipe nor an image
            from: "@image:other"                                        | write other
            from: Alpine:3                                              | names neither a recipe nor an image
            files: [{ path: a, contents: a, capabilities: [cap_net_rwa+ep] }]       | did you mean 'cap_net_raw'?
            files: [{ path: a, contents: a, capabilities: [CAP_NET_RAW] }]          | perhaps 'CAP_NET_RAW+ep' is meant
            files: [{ path: a, contents: a, capabilities: [net_raw+ep] }]           | did you mean 'cap_net_raw'?
            files: [{ path: a, contents: a, capabilities: [cap_net_raw+z] }]        | expected names and what they are given as
            files: [{ path: a, contents: a, capabilities: [cap_net_raw+e] }]        | what is only effective has no effect
            files: [{ path: a, contents: a, capabilities: [cap_kill+p, cap_chown+ep] }] | make all of them effective, or none
            files: [{ path: a, directory: true, capabilities: [cap_kill+p] }]       | only a regular file has capabilities
            files: [{ path: a, symlink: ../b }]                         | leads out of the image
            files: [{ path: a/b/c, symlink: ../../x/../../../b }]       | leads out of the image
            files: [{ path: a, symlink: "" }]                           | must be the path that the link leads to
            files: [{ path: a, link: ../b }]                            | leaves the tree
            files: [{ path: a, link: b, mode: "0644" }]                 | are that file's: set them there
            files: [{ path: a, symlink: b, mode: "0644" }]              | a symbolic link has the mode 0777
            files: [{ path: a, existing: true }]                        | changes nothing
            files: [{ path: a, device: { type: x, major: 1, minor: 1 } }]  | must be c (character) or b (block)
            files: [{ path: a, device: { type: c, major: 4096, minor: 1 } }] | must be between 0 and 4095
            files: [{ path: a, device: { type: c, major: 1 } }]         | needs the key 'minor'
            files: [{ path: a, contents: x }, { path: a/b, contents: x }]  | which is not a directory (line 2)
            files: [{ path: etc/.wh.x, contents: a }]                   | stands for the removal of a file
            files: [{ path: "a\\nb", contents: a }]                     | control characters
            files: [{ path: a, contents: a, uid: "No One" }]            | must be a number or the name of a user
            files: [{ path: a, contents: a, gid: 4294967295 }]          | between 0 and 4294967294
            files: [{ path: a, contents: a, mode: "888" }]              | is not a mode
            files: [{ path: a, source: 7 }]                             | must be text
            users: [{ name: a }, { name: a }]                           | names a twice
            users: [{ name: a, home: "/\\x7f" }]                        | neither ':' nor control characters
            groups: [{ name: a, members: ["b,c"] }]                     | is not the name of a user
            config: { healthcheck: { test: [x] } }                      | the flavor says how to tell that it is ready
            config: { user: "a:b:c" }                                   | must be a user or USER:GROUP
            config: { working-dir: srv }                                | begins with '/'
            config: { volumes: [data] }                                 | begins with '/'
            config: { exposed-ports: [70000/tcp] }                      | is not a port
            config: { exposed-ports: [80/http] }                        | is not a port
            config: { stop-signal: SIGTREM }                            | did you mean 'SIGTERM'?
            config: { stop-signal: TERM }                               | did you mean 'SIGTERM'?
            config: { env: { "A=B": x } }                               | is not the name of a variable
            config: { env: [{ name: A, value: x }, { name: A, value: y }] } | twice
            config: { labels: { org.mobyproject.config: { capabilites: [] } } }  | did you mean 'capabilities'?
            config: { labels: { org.mobyproject.config: '{"net": "hots"}' } }    | in the label org.mobyproject.config
            config: { labels: { org.mobyproject.config: '{' } }         | in the label org.mobyproject.config
            config: { labels: { org.mobyproject.config: [a] } }         | must be a mapping, or a text of JSON
            config: { labels: { org.mobyproject.config: { image: x } } } | unknown key 'image'
            config: { labels: { org.mobyproject.config: { binds.add: [] } } } | has no effect: an image says 'binds'
            java: { jar: a.jar, libraries: lib, main-class: "a b" }     | is not the name of a Java class
            users: [{ name: a, uid: 1, shell: "/bin/sh\\nroot::0:0" }]  | neither ':' nor control characters
            users: [{ uid: 1 }]                                         | needs the key 'name'
            java: { jar: /a.jar, libraries: lib, main-class: M }        | must be relative
            java: { jar: a.jar, main-class: M }                         | needs the key 'libraries'
            jre: { package: openjdk-21-jdk-headless }                   | needs the key 'modules'
            """)
    void refuses(String line, String message) throws IOException {
        String fields =
                line.startsWith("{") ? line.substring(1, line.length() - 1).replace("], ", "]\n") : line;
        write("app", "description: x\n" + fields.strip() + "\n");

        DocumentException failure = catchThrowableOfType(DocumentException.class, () -> get("app"));

        assertThat(failure.getMessage()).startsWith("images/app/image.yaml:2:").contains(message);
        assertThat(failure.withExcerpts()).contains("\n    2 | ", " ^");
    }

    @Test
    void refusesAccountsBesideAFileThatHoldsThem() throws IOException {
        write("app", """
                description: x
                files: [{ path: etc/passwd, contents: x }]
                users: [{ name: a, uid: 1 }]
                """);

        assertThatThrownBy(() -> Recipes.in(directory.resolve("images")).get("app"))
                .hasMessageContaining("'files' must not name them");
    }

    @Test
    void suggestsTheRecipeThatWasMeant() throws IOException {
        write("docker", "description: x\n");
        write("dhcp", "description: x\n");

        assertThatThrownBy(() -> Recipes.in(directory.resolve("images")).get("dokcer"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("the recipes are dhcp, docker")
                .extracting(e -> ((BuildException) e).hint().orElseThrow())
                .isEqualTo("Perhaps you meant 'docker'.");
    }

    @Test
    void neverLooksForARecipeElsewhere() throws IOException {
        write("app", "description: x\n");

        assertThatThrownBy(() -> Recipes.in(directory.resolve("images/app")).get("../app"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("There is no recipe '../app'");
    }

    @Test
    void refusesRecipesThatBuildOnEachOther() throws IOException {
        write("a", "description: x\nfrom: b\n");
        write("b", "description: x\nfrom: a\n");

        assertThatThrownBy(() -> Recipes.in(directory.resolve("images")).chain("a"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("images/b/image.yaml:2:7: recipes build on each other in a circle: a → b → a");
    }

    @Test
    void saysWhereARecipeIsNamedThatThereIsNot() throws IOException {
        write("base", "description: x\n");
        write("a", "description: x\nfrom: bsae\n");

        assertThatThrownBy(() -> recipes().chain("a"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("images/a/image.yaml:2:7: there is no recipe 'bsae' — did you mean 'base'?")
                .hasMessageContaining("such as bsae:latest");
    }

    private Recipes recipes() {
        return Recipes.in(directory.resolve("images"));
    }

    private Recipe get(String name) {
        return recipes().get(name);
    }

    private void write(String name, String content) throws IOException {
        Path file = directory.resolve("images").resolve(name).resolve("image.yaml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
