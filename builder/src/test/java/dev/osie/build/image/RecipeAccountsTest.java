package dev.osie.build.image;

import static dev.osie.build.image.TestRecipes.attributes;
import static dev.osie.build.image.TestRecipes.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.oci.Execution;
import dev.osie.build.oci.Image;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users and groups: where their names and numbers come from. */
class RecipeAccountsTest {
    private static final String ALPINE_PASSWD = """
            root:x:0:0:root:/root:/bin/sh
            +::::::
            nginx:x:101:82:the server:/var/lib/nginx:/sbin/nologin
            """;

    private static final String ALPINE_GROUP = """
            root:x:0:root
            www-data:x:82:
            wheel:x:10:root,nginx
            """;

    @TempDir
    Path directory;

    private TestRecipes recipes;

    @BeforeEach
    void open() {
        recipes = new TestRecipes(directory);
        recipes.base(
                "docker.io/library/nginx:1",
                new Execution(
                        "nginx",
                        List.of("PATH=/bin"),
                        List.of("/entry"),
                        List.of("run"),
                        "/srv",
                        Collections.emptySortedMap(),
                        Collections.emptySortedSet(),
                        Collections.emptySortedSet(),
                        Optional.empty()),
                accounts(ALPINE_PASSWD, ALPINE_GROUP));
    }

    @Test
    void aNameWithoutANumberHasOneThatComesFromTheNameAlone() throws IOException {
        recipes.write("one", "users: [{ name: worker }]\n");
        recipes.write("more", "users: [{ name: alpha }, { name: worker }, { name: omega }]\ngroups: [{ name: aaa }]\n");

        String one = text(recipes.own(recipes.build("one")), "etc/passwd");
        String more = text(recipes.own(recipes.build("more")), "etc/passwd");

        // This number is in the files of images that people have: it must never change.
        assertThat(one).isEqualTo("root:*:0:0::/root:/bin/sh\nworker:*:921:921::/:/bin/false\n");
        assertThat(more).contains(one.lines().toList().get(1));
    }

    @Test
    void everyNameHasANumberOfTheSystems() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(AccountNumbers.of("user" + i)).isBetween(100L, 999L);
        }
    }

    @Test
    void twoNamesThatMeetInANumberAreAMistake() throws IOException {
        String other = "";
        for (int i = 0; other.isEmpty(); i++) {
            other = AccountNumbers.of("w" + i) == AccountNumbers.of("worker") ? "w" + i : "";
        }
        recipes.write("tool", "users: [{ name: worker }, { name: " + other + " }]\n");

        assertThatThrownBy(() -> recipes.build("tool"))
                .hasMessageContaining("the user 'worker' would have the number " + AccountNumbers.of("worker")
                        + ", which '" + other + "' has: give it another with 'uid'");
    }

    @Test
    void aUserCanHaveTheGroupOfAnother() throws IOException {
        recipes.write("tool", """
                users: [{ name: b, uid: 7, gid: a }, { name: a, uid: 9 }, { name: c, uid: 8, gid: disk }]
                groups: [{ name: disk, gid: 6, members: [a, b] }]
                """);

        Tree tree = recipes.own(recipes.build("tool"));

        assertThat(text(tree, "etc/passwd").lines())
                .containsExactly(
                        "root:*:0:0::/root:/bin/sh",
                        "b:*:7:9::/:/bin/false",
                        "c:*:8:6::/:/bin/false",
                        "a:*:9:9::/:/bin/false");
        assertThat(text(tree, "etc/group").lines()).containsExactly("root:*:0:", "disk:*:6:a,b", "a:*:9:");
    }

    @Test
    void theAccountsOfAnImageStayAndTheRecipesComeAfterThem() throws IOException {
        recipes.write("tool", """
                from: docker.io/library/nginx:1
                users: [{ name: app, uid: 50 }, { name: nginx, shell: /bin/sh }]
                groups: [{ name: wheel, members: [app] }]
                """);

        Tree tree = recipes.own(recipes.build("tool"));

        assertThat(text(tree, "etc/passwd").lines())
                .containsExactly(
                        "root:x:0:0:root:/root:/bin/sh",
                        "+::::::",
                        "nginx:x:101:82:the server:/var/lib/nginx:/bin/sh",
                        "app:*:50:50::/:/bin/false");
        assertThat(text(tree, "etc/group").lines())
                .containsExactly("root:x:0:root", "www-data:x:82:", "wheel:x:10:root,nginx,app", "app:*:50:");
    }

    @Test
    void filesBelongToNamesOfTheImageBelowItsPackagesAndItsOwnAccounts() throws IOException {
        recipes.debs().add("base-passwd", accounts("games:x:5:60::/:/bin/false\n", "games:x:60:\n"));
        recipes.write("image", """
                from: docker.io/library/nginx:1
                files: [{ path: srv/x, contents: x, uid: nginx, gid: www-data }]
                """);
        recipes.write("package", """
                packages: [base-passwd]
                files: [{ path: srv/x, contents: x, uid: games, gid: games }]
                """);
        recipes.write("middle", "users: [{ name: app, uid: 70 }]\n");
        recipes.write("recipe", "from: middle\nfiles: [{ path: srv/x, contents: x, uid: app, gid: app }]\n");
        recipes.write("own", """
                files:
                  - { path: etc/passwd, contents: "me:x:33:44::/:/bin/sh\\n" }
                  - { path: etc/group, contents: "we:x:44:\\n" }
                  - { path: srv/x, contents: x, uid: me, gid: we }
                """);

        assertThat(owner("image")).isEqualTo("101:82");
        assertThat(owner("package")).isEqualTo("5:60");
        assertThat(owner("recipe")).isEqualTo("70:70");
        assertThat(owner("own")).isEqualTo("33:44");
    }

    @Test
    void anUnknownNameIsSaidWithThoseThereAre() throws IOException {
        recipes.write("tool", """
                from: docker.io/library/nginx:1
                files:
                  - { path: srv/x, contents: x, uid: ngnix }
                  - { path: srv/y, contents: x, gid: users }
                config: { user: nobody }
                """);

        assertThatThrownBy(() -> recipes.build("tool"))
                .hasMessageContaining(
                        "images/tool/image.yaml:4:38: the image has no user 'ngnix' — did you mean 'nginx'?")
                .hasMessageContaining(
                        "image.yaml:5:38: the image has no group 'users' — it has root, wheel, www-data; 'groups' adds one")
                .hasMessageContaining("image.yaml:6:17: the image has no user 'nobody'");
    }

    @Test
    void aMemberMustBeAUser() throws IOException {
        recipes.write("tool", "users: [{ name: app }]\ngroups: [{ name: disk, gid: 6, members: [ap] }]\n");

        assertThatThrownBy(() -> recipes.build("tool"))
                .hasMessageContaining("image.yaml:3:42: the image has no user 'ap' — did you mean 'app'?");
    }

    @Test
    void theProcessRunsAsNumbersWhichNobodyHasToLookUp() throws IOException {
        recipes.write("named", "from: docker.io/library/nginx:1\nconfig: { user: nginx }\n");
        recipes.write(
                "both",
                "users: [{ name: app, uid: 7 }]\ngroups: [{ name: disk, gid: 6 }]\nconfig: { user: \"app:disk\" }\n");
        recipes.write("number", "config: { user: \"1000\" }\n");
        recipes.write("below", "from: docker.io/library/nginx:1\n");

        assertThat(user("named")).isEqualTo("101:82");
        assertThat(user("both")).isEqualTo("7:6");
        assertThat(user("number")).isEqualTo("1000");
        assertThat(user("below")).isEqualTo("nginx");
    }

    @Test
    void whatAnImageSaysOfItsContainersHoldsUntilTheRecipeSaysOtherwise() throws IOException {
        recipes.write("kept", "from: docker.io/library/nginx:1\nconfig: { env: { A: b }, working-dir: / }\n");
        recipes.write("cleared", "from: docker.io/library/nginx:1\nconfig: { entrypoint: [], cmd: [/bin/sh] }\n");

        Execution kept = recipes.build("kept").config().execution();
        Execution cleared = recipes.build("cleared").config().execution();

        assertThat(kept.env()).containsExactly("PATH=/bin", "A=b");
        assertThat(kept.entrypoint()).containsExactly("/entry");
        assertThat(kept.cmd()).containsExactly("run");
        assertThat(kept.workingDir()).isEqualTo("/");
        assertThat(cleared.entrypoint()).isEmpty();
        assertThat(cleared.cmd()).containsExactly("/bin/sh");
    }

    private String owner(String name) {
        Attributes attributes = attributes(recipes.own(recipes.build(name)), "srv/x");
        return attributes.uid() + ":" + attributes.gid();
    }

    private String user(String name) {
        Image image = recipes.build(name);
        return image.config().execution().user();
    }

    private static Tree accounts(String passwd, String group) {
        Attributes attributes = Attributes.root(0644, 5);
        return new Tree.Builder()
                .put("etc/passwd", new Node.RegularFile(attributes, Content.of(passwd)))
                .put("etc/group", new Node.RegularFile(attributes, Content.of(group)))
                .build(5);
    }
}
