package dev.osie.build.image;

import static dev.osie.build.image.TestRecipes.attributes;
import static dev.osie.build.image.TestRecipes.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Execution;
import dev.osie.build.platform.Architecture;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a recipe's files become in the bytes of its layer. */
class RecipeFilesTest {
    private static final long EPOCH = TestRecipes.EPOCH.getEpochSecond();
    private static final Attributes PACKAGED = Attributes.root(0755, 5);

    @TempDir
    Path directory;

    private TestRecipes recipes;

    @BeforeEach
    void open() {
        recipes = new TestRecipes(directory);
    }

    @Test
    void everyKindOfFileHasItsModeAndOwner() throws IOException {
        recipes.write("tool", """
                users: [{ name: app, uid: 100, gid: 101 }]
                groups: [{ name: disk, gid: 6 }]
                files:
                  - { path: usr/bin/su, contents: su, mode: "4755" }
                  - { path: usr/bin/write, contents: write, mode: "2755", gid: disk }
                  - { path: tmp, directory: true, mode: "1777" }
                  - { path: srv/app, directory: true, mode: "0700", uid: app, gid: app }
                  - { path: srv/number, contents: x, uid: 3000000000, gid: "7" }
                  - { path: srv/link, symlink: ../etc, uid: app }
                  - { path: dev/null, device: { type: c, major: 1, minor: 3 }, mode: "0666" }
                  - { path: dev/sda, device: { type: b, major: 8, minor: 1048575 }, gid: disk }
                  - { path: run/pipe, fifo: true }
                """);

        Tree tree = recipes.own(recipes.build("tool"));

        assertThat(attributes(tree, "usr/bin/su")).isEqualTo(Attributes.root(04755, EPOCH));
        assertThat(attributes(tree, "usr/bin/write"))
                .isEqualTo(Attributes.root(02755, EPOCH).withOwner(0, 6));
        assertThat(attributes(tree, "tmp")).isEqualTo(Attributes.root(01777, EPOCH));
        assertThat(attributes(tree, "srv/app"))
                .isEqualTo(Attributes.root(0700, EPOCH).withOwner(100, 101));
        assertThat(attributes(tree, "srv/number"))
                .isEqualTo(Attributes.root(0644, EPOCH).withOwner(3_000_000_000L, 7));
        assertThat(tree.get("srv/link"))
                .contains(new Node.Symlink(Attributes.root(0777, EPOCH).withOwner(100, 0), "../etc"));
        assertThat(tree.get("dev/null"))
                .contains(new Node.Device(Attributes.root(0666, EPOCH), Node.Device.Kind.CHARACTER, 1, 3));
        assertThat(tree.get("dev/sda"))
                .contains(new Node.Device(
                        Attributes.root(0600, EPOCH).withOwner(0, 6), Node.Device.Kind.BLOCK, 8, 1_048_575));
        assertThat(tree.get("run/pipe")).contains(new Node.Fifo(Attributes.root(0600, EPOCH)));
    }

    @Test
    void aHardLinkLeadsToTheRecipesOwnFileInEitherOrder() throws IOException {
        recipes.write("tool", """
                files:
                  - { path: usr/bin/again, link: usr/bin/also }
                  - { path: usr/bin/also, link: /bin/tool }
                  - { path: bin/tool, contents: x }
                """);

        Tree tree = recipes.own(recipes.build("tool"));

        assertThat(text(tree, "usr/bin/again")).isEqualTo("x");
        assertThat(tree.get("usr/bin/also")).contains(new Node.HardLink("usr/bin/again"));
        assertThat(tree.get("usr/bin/tool")).contains(new Node.HardLink("usr/bin/again"));
    }

    @Test
    void aHardLinkToAPackagesFileBringsTheFileIntoTheLayer() throws IOException {
        recipes.debs()
                .add(
                        "busybox",
                        new Tree.Builder()
                                .put("usr/bin/busybox", new Node.RegularFile(PACKAGED.withMode(04711), Content.of("b")))
                                .build(5));
        recipes.write("tool", """
                packages: [busybox]
                files: [{ path: usr/bin/sh, link: usr/bin/busybox }]
                """);

        Tree tree = recipes.own(recipes.build("tool"));

        assertThat(attributes(tree, "usr/bin/busybox")).isEqualTo(PACKAGED.withMode(04711));
        assertThat(text(tree, "usr/bin/busybox")).isEqualTo("b");
        assertThat(tree.get("usr/bin/sh")).contains(new Node.HardLink("usr/bin/busybox"));
    }

    @Test
    void aHardLinkToNothingSaysWhatIsPerhapsMeant() throws IOException {
        recipes.debs().add("busybox", tree("usr/bin/busybox", "b"));
        recipes.write("tool", "packages: [busybox]\nfiles: [{ path: usr/bin/sh, link: usr/bin/bussybox }]\n");

        assertThatThrownBy(() -> recipes.build("tool"))
                .isInstanceOf(BuildException.class)
                .hasMessage("images/tool/image.yaml:3:35: the image has no 'usr/bin/bussybox'"
                        + " — did you mean 'usr/bin/busybox'?");
    }

    @Test
    void hardLinksThatLeadToEachOtherAreAMistake() throws IOException {
        recipes.write("tool", "files: [{ path: a, link: b }, { path: b, link: a }]\n");

        assertThatThrownBy(() -> recipes.build("tool")).hasMessageContaining("image.yaml:2:26: 'b' leads back to 'a'");
    }

    @Test
    void aDirectoryHasNoFurtherName() throws IOException {
        recipes.write("tool", "files: [{ path: a, directory: true }, { path: b, link: a }]\n");

        assertThatThrownBy(() -> recipes.build("tool")).hasMessageContaining("perhaps 'symlink' is meant");
    }

    @Test
    void capabilitiesAreInTheLayerAsTheKernelReadsThem() throws IOException {
        recipes.write("tool", """
                files:
                  - { path: usr/bin/ping, contents: ping, capabilities: [cap_net_raw+ep] }
                  - { path: usr/bin/newuidmap, contents: x, capabilities: [CAP_SETUID=ep, "cap_bpf,cap_audit_read+ep"] }
                  - { path: usr/bin/keep, contents: x, capabilities: [cap_chown+i, cap_kill+p] }
                """);

        Tree tree = recipes.own(recipes.build("tool"));

        // struct vfs_cap_data of linux/capability.h: magic_etc, then permitted and inheritable, the low words first.
        assertThat(attributes(tree, "usr/bin/ping").xattrs())
                .containsExactly(Map.entry(
                        "security.capability", "01000002" + "00200000" + "00000000" + "00000000" + "00000000"));
        assertThat(attributes(tree, "usr/bin/newuidmap").xattrs())
                .containsExactly(Map.entry(
                        "security.capability", "01000002" + "80000000" + "00000000" + "a0000000" + "00000000"));
        assertThat(attributes(tree, "usr/bin/keep").xattrs())
                .containsExactly(Map.entry(
                        "security.capability", "00000002" + "20000000" + "01000000" + "00000000" + "00000000"));
    }

    @Test
    void anExistingFileOfAPackageGetsOtherPermissionsAndKeepsTheRest() throws IOException {
        TreeMap<String, String> xattrs = new TreeMap<>(Map.of("user.note", "6f"));
        recipes.debs()
                .add(
                        "iputils",
                        new Tree.Builder()
                                .put(
                                        "usr/bin/ping",
                                        new Node.RegularFile(new Attributes(0755, 3, 4, 5, xattrs), Content.of("ping")))
                                .put("var/lib/ping", new Node.Directory(PACKAGED))
                                .build(5));
        recipes.write("tool", """
                packages: [iputils]
                users: [{ name: app, uid: 100 }]
                files:
                  - { path: bin/ping, existing: true, capabilities: [cap_net_raw+ep] }
                  - { path: var/lib/ping, existing: true, uid: app, mode: "0750" }
                """);

        Tree tree = recipes.own(recipes.build("tool"));

        assertThat(text(tree, "usr/bin/ping")).isEqualTo("ping");
        assertThat(attributes(tree, "usr/bin/ping").withoutXattrs())
                .isEqualTo(new Attributes(0755, 3, 4, 5, new TreeMap<>()));
        assertThat(attributes(tree, "usr/bin/ping").xattrs()).containsKeys("user.note", "security.capability");
        assertThat(attributes(tree, "var/lib/ping")).isEqualTo(new Attributes(0750, 100, 0, 5, new TreeMap<>()));
    }

    @Test
    void onePathInACopiedDirectoryCanDiffer() throws IOException {
        recipes.source("tool", "conf/a", "a").source("tool", "conf/sub/secret", "s");
        recipes.write("tool", """
                files:
                  - { path: etc/tool, source: conf, mode: "0640" }
                  - { path: etc/tool/sub/secret, existing: true, mode: "0600" }
                """);

        Tree tree = recipes.own(recipes.build("tool"));

        assertThat(attributes(tree, "etc/tool").mode()).isEqualTo(0750);
        assertThat(attributes(tree, "etc/tool/a").mode()).isEqualTo(0640);
        assertThat(attributes(tree, "etc/tool/sub").mode()).isEqualTo(0750);
        assertThat(attributes(tree, "etc/tool/sub/secret").mode()).isEqualTo(0600);
    }

    @Test
    void whatIsNotThereCannotBeChanged() throws IOException {
        recipes.write("tool", "files: [{ path: usr/bin/ping, existing: true, mode: \"0700\" }]\n");

        assertThatThrownBy(() -> recipes.build("tool"))
                .hasMessageContaining("images/tool/image.yaml:2:9: the image has no 'usr/bin/ping'");
    }

    @Test
    void twoPathsThatAreOneFileOnceUsrIsMergedAreAMistake() throws IOException {
        recipes.write("tool", "files: [{ path: bin/x, contents: a }, { path: usr/bin/x, contents: b }]\n");

        assertThatThrownBy(() -> recipes.build("tool"))
                .hasMessageContaining("image.yaml:2:39: 'usr/bin/x' and 'bin/x' (line 2) are the same file");
    }

    @Test
    void eachArchitectureGetsItsOwnFiles() throws IOException {
        recipes.write("tool", """
                files:
                  - { path: etc/which, contents: intel, arch: [x86_64] }
                  - { path: etc/which, contents: arm, arch: [aarch64] }
                """);

        assertThat(text(recipes.own(recipes.build("tool")), "etc/which")).isEqualTo("intel");
        assertThat(text(recipes.own(recipes.build("tool", Architecture.AARCH64)), "etc/which"))
                .isEqualTo("arm");
    }

    @Test
    void aPackageIsFilteredByWhatIsSaidOfIt() throws IOException {
        recipes.debs()
                .add(
                        "one",
                        new Tree.Builder()
                                .putAll(tree("usr/lib/x", "1"))
                                .putAll(tree("usr/bin/one", "1"))
                                .build(5));
        recipes.debs().add("two", tree("usr/lib/y", "2"));
        recipes.write("tool", "packages: [{ name: one, remove: [usr/lib] }, two]\n");

        assertThat(recipes.tree(recipes.build("tool")).nodes().keySet())
                .contains("usr/bin/one", "usr/lib/y")
                .doesNotContain("usr/lib/x");
    }

    @Test
    void aDirectoryWithALinkThatLeavesTheImageIsRefused() throws IOException {
        recipes.source("tool", "conf/a", "a");
        Files.createSymbolicLink(recipes.directory("tool").resolve("conf/out"), Path.of("../../../../outside"));
        recipes.write("tool", "files: [{ path: etc/tool, source: conf }]\n");

        assertThatThrownBy(() -> recipes.build("tool"))
                .hasMessageContaining("image.yaml:2:35: the link 'conf/out' leads out of the image");
    }

    @Test
    void onAnImageWithoutMergedUsrAPathIsWhatItSays() throws IOException {
        recipes.base(
                "alpine:3",
                Execution.EMPTY,
                new Tree.Builder()
                        .put("bin", new Node.Directory(PACKAGED))
                        .put("sbin", new Node.Symlink(Attributes.root(0777, 5), "usr/sbin"))
                        .build(5));
        recipes.write("tool", """
                from: alpine:3
                files:
                  - { path: bin/x, contents: x }
                  - { path: sbin/y, contents: y }
                """);

        assertThat(recipes.own(recipes.build("tool")).nodes().keySet())
                .containsExactly("bin", "bin/x", "usr", "usr/sbin", "usr/sbin/y");
    }

    private static Tree tree(String path, String content) {
        return new Tree.Builder()
                .put(path, new Node.RegularFile(PACKAGED, Content.of(content)))
                .build(5);
    }
}
