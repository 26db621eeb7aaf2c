package dev.osie.build.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipesTest {
    @TempDir
    Path directory;

    @Test
    void readsEverythingARecipeCanSay() throws IOException {
        write("app", """
                description: an application
                from: base
                packages: [libc6, g++-14]
                exclude: [debconf]
                remove: ["usr/share/x/**"]
                keep: ["usr/share/doc/kept"]
                files:
                  - { path: /etc/a, source: dir/a, mode: "4755", uid: 1, gid: 2 }
                  - { path: etc/b, contents: "text" }
                  - { path: var/lib/x, directory: true, mode: "1777" }
                  - { path: etc/link, symlink: ../b }
                users: [{ name: app, uid: 100, gid: 101, home: /srv, shell: /bin/sh }]
                groups: [{ name: disk, gid: 6, members: [app] }]
                jre: { package: openjdk-21-jdk-headless, modules: [java.base] }
                java: { jar: app/target/app.jar, libraries: app/target/lib, main-class: a.Main, jvm-flags: [-Xmx64m] }
                config:
                  entrypoint: [/bin/app]
                  cmd: [run]
                  env: { A: "1", B: two }
                  working-dir: /srv
                  user: "100:101"
                  labels: { org.mobyproject.config: "{}" }
                  volumes: [/data]
                  exposed-ports: [80/tcp]
                  stop-signal: SIGINT
                """);

        Recipe recipe = Recipes.in(directory.resolve("images")).get("app");

        RecipeFile.Permissions owned = new RecipeFile.Permissions(Optional.of(04755), 1, 2);
        RecipeFile.Permissions plain = new RecipeFile.Permissions(Optional.empty(), 0, 0);
        RecipeFile.Permissions sticky = new RecipeFile.Permissions(Optional.of(01777), 0, 0);
        assertThat(recipe.from()).contains("base");
        assertThat(recipe.packages()).containsExactly("libc6", "g++-14");
        assertThat(recipe.exclude()).containsExactly("debconf");
        assertThat(recipe.files())
                .containsExactly(
                        new RecipeFile.Copied("etc/a", "dir/a", owned),
                        new RecipeFile.Text("etc/b", "text", plain),
                        new RecipeFile.Directory("var/lib/x", sticky),
                        new RecipeFile.Symlink("etc/link", "../b"));
        assertThat(recipe.users()).containsExactly(new Recipe.User("app", 100, 101, "/srv", "/bin/sh"));
        assertThat(recipe.groups()).containsExactly(new Recipe.Group("disk", 6, List.of("app")));
        assertThat(recipe.java().orElseThrow().jar())
                .isEqualTo(directory.toAbsolutePath().resolve("app/target/app.jar"));
        assertThat(recipe.config().env()).containsExactly("A=1", "B=two");
        assertThat(recipe.config().labels()).containsEntry("org.mobyproject.config", "{}");
        assertThat(recipe.config().stopSignal()).contains("SIGINT");
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
                        "image.yaml:4:39: 'mode' of a file of the recipe must be text: write \"0644\" with quotes (YAML reads 0644 as the number 420)")
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
            from: ../other                                              | is not the name of a recipe
            users: [{ name: a, uid: 1, shell: "/bin/sh\\nroot::0:0" }]  | neither ':' nor control characters
            users: [{ name: a }]                                        | needs the key 'uid'
            java: { jar: /a.jar, libraries: lib, main-class: M }        | must be relative
            java: { jar: a.jar, main-class: M }                         | needs the key 'libraries'
            jre: { package: openjdk-21-jdk-headless }                   | needs the key 'modules'
            """)
    void refuses(String line, String message) throws IOException {
        write("app", "description: x\n" + line + "\n");

        assertThatThrownBy(() -> Recipes.in(directory.resolve("images")).get("app"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("image.yaml:")
                .hasMessageContaining(message);
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
                .hasMessageContaining("in a circle");
    }

    private void write(String name, String content) throws IOException {
        Path file = directory.resolve("images").resolve(name).resolve("image.yaml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
