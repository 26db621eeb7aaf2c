package dev.osie.build.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Image;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Contents;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageBuilderTest {
    private static final Instant EPOCH = Instant.parse("2026-11-21T10:00:00Z");

    @TempDir
    Path directory;

    private Path project;
    private Store store;
    private TestDebs debs;

    @BeforeEach
    void open() throws IOException {
        project = Files.createDirectory(directory.resolve("project"));
        store = Store.open(directory.resolve("store"));
        debs = new TestDebs(store);
    }

    @Test
    void makesALayerOfEachPackageByNameAndTheRecipesOwnOnTop() throws IOException {
        debs.add("zlib", tree("usr/lib/libz.so", "z"));
        debs.add("busy", tree("usr/bin/busy", "b"));
        recipe("tool", "description: x", "packages: [zlib, busy]", "files:", "  - { path: etc/x, contents: hello }");

        Image image = build("tool");

        assertThat(image.layers())
                .extracting(Image.Layer::origin)
                .containsExactly("debian:busy 1.0-1", "debian:zlib 1.0-1", "recipe:images/tool");
        assertThat(files(image, 0)).containsExactly("usr", "usr/bin", "usr/bin/busy");
        assertThat(files(image, 2)).containsExactly("bin", "etc", "etc/x", "lib", "lib64", "sbin");
        assertThat(image.name()).hasToString("osie-build/tool:x86_64");
        assertThat(image.config().diffIds())
                .isEqualTo(image.layers().stream()
                        .map(layer -> layer.blob().digest())
                        .toList());
    }

    @Test
    void keepsSetuidBitsOwnersCapabilitiesAndDevices() throws IOException {
        TreeMap<String, String> capability = new TreeMap<>();
        capability.put("security.capability", "0100000200200000");
        Node setuid = new Node.RegularFile(new Attributes(04755, 0, 7, 5, new TreeMap<>()), Content.of("sudo"));
        Node capable = new Node.RegularFile(new Attributes(0755, 0, 0, 5, capability), Content.of("ping"));
        Node device = new Node.Device(Attributes.root(0600, 5), Node.Device.Kind.CHARACTER, 5, 1);
        debs.add(
                "tools",
                new Tree.Builder()
                        .put("usr/bin/sudo", setuid)
                        .put("usr/bin/sudoedit", new Node.HardLink("usr/bin/sudo"))
                        .put("usr/bin/ping", capable)
                        .put("dev/console", device)
                        .build(0));
        recipe("tool", "description: x", "packages: [tools]");

        Tree tree = layer(build("tool"), 0);

        assertThat(((Node.RegularFile) tree.get("usr/bin/sudo").orElseThrow()).attributes())
                .isEqualTo(new Attributes(04755, 0, 7, 5, new TreeMap<>()));
        assertThat(tree.get("usr/bin/sudoedit")).contains(new Node.HardLink("usr/bin/sudo"));
        assertThat(((Node.RegularFile) tree.get("usr/bin/ping").orElseThrow())
                        .attributes()
                        .xattrs())
                .isEqualTo(capability);
        assertThat(tree.get("dev/console")).contains(device);
    }

    @Test
    void leavesOutPackagesWithNothingButDocumentation() throws IOException {
        debs.add("meta", tree("usr/share/doc/meta/copyright", "GPL"));
        recipe("tool", "description: x", "packages: [meta]");

        assertThat(build("tool").layers()).extracting(Image.Layer::origin).containsExactly("recipe:images/tool");
    }

    @Test
    void movesFilesToWhereTheLinksOfTheMergedUsrLead() throws IOException {
        debs.add(
                "old",
                new Tree.Builder()
                        .put("bin/sh", file("sh"))
                        .put("bin/ash", new Node.HardLink("bin/sh"))
                        .put("usr/bin/env", file("env"))
                        .build(0));
        recipe("tool", "description: x", "packages: [old]", "files:", "  - { path: sbin/init, contents: i }");

        Image image = build("tool");

        assertThat(files(image, 0)).containsExactly("usr", "usr/bin", "usr/bin/ash", "usr/bin/env", "usr/bin/sh");
        assertThat(files(image, 1)).contains("usr/sbin/init", "sbin").doesNotContain("sbin/init");
    }

    @Test
    void clampsTimesToTheEpoch() throws IOException {
        long late = EPOCH.getEpochSecond() + 1;
        debs.add(
                "late",
                new Tree.Builder()
                        .put("usr/x", new Node.RegularFile(Attributes.root(0644, late), Content.of("x")))
                        .put("usr/y", new Node.RegularFile(Attributes.root(0644, 77), Content.of("y")))
                        .build(late));
        recipe("tool", "description: x", "packages: [late]");

        Tree tree = layer(build("tool"), 0);

        assertThat(mtime(tree, "usr/x")).isEqualTo(EPOCH.getEpochSecond());
        assertThat(mtime(tree, "usr/y")).isEqualTo(77);
    }

    @Test
    void laysARecipeOverTheOneItBuildsOn() throws IOException {
        debs.add("libc", tree("usr/lib/libc.so", "c"));
        debs.add("app", tree("usr/bin/app", "a"));
        recipe(
                "base",
                "description: x",
                "packages: [libc]",
                "users: [{ name: root, uid: 0, home: /root, shell: /bin/sh }]",
                "config: { entrypoint: [/bin/sh], cmd: [-l], env: { PATH: /usr/bin, A: \"1\" }, labels: { a: b } }");
        recipe(
                "top",
                "description: x",
                "from: base",
                "packages: [app, libc]",
                "users: [{ name: app, uid: 100 }]",
                "groups: [{ name: disk, gid: 6, members: [app] }]",
                "config: { entrypoint: [/usr/bin/app], env: { A: \"2\" } }");

        Image image = build("top");

        assertThat(image.layers())
                .extracting(Image.Layer::origin)
                .containsExactly("debian:libc 1.0-1", "recipe:images/base", "debian:app 1.0-1", "recipe:images/top");
        assertThat(text(layer(image, 3), "etc/passwd"))
                .isEqualTo("root:*:0:0::/root:/bin/sh\napp:*:100:100::/:/bin/false\n");
        assertThat(text(layer(image, 3), "etc/group")).isEqualTo("root:*:0:\ndisk:*:6:app\napp:*:100:\n");
        assertThat(image.config().execution().entrypoint()).containsExactly("/usr/bin/app");
        assertThat(image.config().execution().cmd()).isEmpty();
        assertThat(image.config().execution().env()).containsExactly("PATH=/usr/bin", "A=2");
        assertThat(image.config().execution().labels()).containsEntry("a", "b");
    }

    @Test
    void sharesTheLayerOfAPackageBetweenImages() throws IOException {
        debs.add("libc", tree("usr/lib/libc.so", "c"));
        recipe("a", "description: x", "packages: [libc]");
        // Another filter, but not for this package.
        recipe("b", "description: x", "packages: [libc]", "remove: [usr/share/nothing]");

        assertThat(build("a").layers().get(0).blob())
                .isEqualTo(build("b").layers().get(0).blob());
    }

    @Test
    void doesNothingTheSecondTime() throws IOException {
        debs.add("libc", tree("usr/lib/libc.so", "c"));
        recipe("tool", "description: x", "packages: [libc]", "files: [{ path: etc/x, source: x }]");
        source("tool", "x", "hello");
        Image first = build("tool");
        debs.fetched().clear();
        Files.delete(
                store.path(debs.installed(recipes().get("tool")).get(0).deb().digest()));

        assertThat(build("tool")).isEqualTo(first);
        assertThat(debs.fetched()).isEmpty();
    }

    @Test
    void noticesAChangedFile() throws IOException {
        recipe("tool", "description: x", "files: [{ path: etc/x, source: x }]");
        source("tool", "x", "one");
        Image first = build("tool");
        source("tool", "x", "two");

        assertThat(build("tool").manifest()).isNotEqualTo(first.manifest());
    }

    @Test
    void makesALayerAgainThatIsGoneFromTheStore() throws IOException {
        debs.add("libc", tree("usr/lib/libc.so", "c"));
        recipe("tool", "description: x", "packages: [libc]");
        Image first = build("tool");
        Files.delete(store.path(first.layers().get(0).blob().digest()));

        assertThat(build("tool")).isEqualTo(first);
        assertThat(store.contains(first.layers().get(0).blob())).isTrue();
    }

    @Test
    void dependsNeitherOnTheHostsModesNorOnItsTimeZone() throws IOException {
        debs.add("libc", tree("usr/lib/libc.so", "c"));
        recipe(
                "tool",
                "description: x",
                "packages: [libc]",
                "files:",
                "  - { path: usr/bin/run, source: run }",
                "  - { path: etc/dir, source: dir }");
        source("tool", "run", "#!/bin/sh\n");
        source("tool", "dir/plain", "p");
        Image first = build("tool");
        TimeZone zone = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
            assertThat(project.resolve("images/tool/run").toFile().setExecutable(true))
                    .isTrue();
            assertThat(project.resolve("images/tool/dir/plain").toFile().setWritable(false))
                    .isTrue();
            store = Store.open(directory.resolve("another-store"));
            debs = new TestDebs(store);
            debs.add("libc", tree("usr/lib/libc.so", "c"));

            assertThat(build("tool").manifest()).isEqualTo(first.manifest());
        } finally {
            TimeZone.setDefault(zone);
        }
        Tree top = layer(first, 1);
        assertThat(((Node.RegularFile) top.get("usr/bin/run").orElseThrow())
                        .attributes()
                        .mode())
                .isEqualTo(0755);
        assertThat(((Node.RegularFile) top.get("etc/dir/plain").orElseThrow())
                        .attributes()
                        .mode())
                .isEqualTo(0644);
    }

    @Test
    void refusesASourceBehindALinkThatLeavesTheRecipe() throws IOException {
        Files.writeString(directory.resolve("secret"), "secret");
        recipe("tool", "description: x", "files: [{ path: etc/x, source: link }]");
        Files.createSymbolicLink(project.resolve("images/tool/link"), directory.resolve("secret"));

        assertThatThrownBy(() -> build("tool"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("image.yaml:2:32: the source 'link' leads out of the recipe's directory");
    }

    @Test
    void copiesLinksInADirectoryAsLinks() throws IOException {
        recipe("tool", "description: x", "files: [{ path: etc/d, source: d }]");
        source("tool", "d/file", "f");
        Files.createSymbolicLink(project.resolve("images/tool/d/link"), Path.of("nowhere"));

        Tree tree = layer(build("tool"), 0);

        assertThat(((Node.Symlink) tree.get("etc/d/link").orElseThrow()).target())
                .isEqualTo("nowhere");
    }

    @Test
    void saysWhichSourceIsMissing() throws IOException {
        recipe("tool", "description: x", "files: [{ path: etc/x, source: nothing }]");

        assertThatThrownBy(() -> build("tool"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("images/tool/image.yaml:2:32: there is no file 'nothing' beside image.yaml");
    }

    @Test
    void refusesAUserWhoseNumberChangesOnTheWay() throws IOException {
        recipe("base", "description: x", "users: [{ name: app, uid: 100 }]");
        recipe("top", "description: x", "from: base", "users: [{ name: app, uid: 101 }]");

        assertThatThrownBy(() -> build("top"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining(
                        "images/top/image.yaml:3:9: the user 'app' has the number 100 in what lies below");
    }

    @Test
    void packsAJavaApplicationByJibWithAFixedClassPath() throws IOException {
        Files.createDirectories(project.resolve("app/lib"));
        jar(project.resolve("app/app.jar"), "Main.class");
        jar(project.resolve("app/lib/z.jar"), "Z.class");
        jar(project.resolve("app/lib/a.jar"), "A.class");
        recipe(
                "worker",
                "description: x",
                "java: { jar: app/app.jar, libraries: app/lib, main-class: Main, jvm-flags: [-Xmx9m] }");

        Image image = build("worker");

        assertThat(image.config().execution().entrypoint())
                .containsExactly(
                        "/usr/lib/jvm/runtime/bin/java",
                        "-Xmx9m",
                        "-cp",
                        "/app/app.jar:/app/lib/a.jar:/app/lib/z.jar",
                        "Main");
        assertThat(files(image, 0)).containsExactly("app", "app/lib", "app/lib/a.jar", "app/lib/z.jar");
        assertThat(files(image, 1)).containsExactly("app", "app/app.jar");
        Path store2 = directory.resolve("another-store");
        store = Store.open(store2);
        assertThat(build("worker").manifest()).isEqualTo(image.manifest());
    }

    @Test
    void noticesThatTheStoresCopyOfAJarWasAltered() throws IOException {
        Files.createDirectories(project.resolve("lib"));
        jar(project.resolve("app.jar"), "Main.class");
        jar(project.resolve("lib/a.jar"), "A.class");
        recipe("worker", "description: x", "java: { jar: app.jar, libraries: lib, main-class: Main }");
        Image image = build("worker");
        store.contents().records().forEach(Contents.Item::remove);
        byte[] jar = Files.readAllBytes(project.resolve("app.jar"));
        Path copy = store.path(Digest.of(jar));
        jar[jar.length / 2] ^= 1;
        Files.write(copy, jar);

        assertThatThrownBy(() -> build("worker"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("was altered")
                .extracting(e -> ((BuildException) e).kind())
                .isEqualTo(BuildException.Kind.VERIFICATION);
        assertThat(build("worker").manifest()).isEqualTo(image.manifest());
    }

    @Test
    void saysHowToBuildAnApplicationThatIsNotThere() throws IOException {
        recipe("worker", "description: x", "java: { jar: app.jar, libraries: lib, main-class: Main }");

        assertThatThrownBy(() -> build("worker"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("app.jar")
                .extracting(e -> ((BuildException) e).hint().orElseThrow())
                .asString()
                .contains("mvn package");
    }

    private Image build(String name) {
        return new ImageBuilder(store, recipes(), debs, Architecture.X86_64, EPOCH, Progress.SILENT)
                .build(List.of(name))
                .get(name);
    }

    private Recipes recipes() {
        return Recipes.in(project.resolve("images"));
    }

    private void recipe(String name, String... lines) throws IOException {
        source(name, "image.yaml", String.join("\n", lines) + "\n");
    }

    private void source(String recipe, String name, String content) throws IOException {
        Path file = project.resolve("images").resolve(recipe).resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private static void jar(Path file, String entry) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(entry));
            zip.write(entry.getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        }
    }

    private static Node file(String content) {
        return new Node.RegularFile(Attributes.root(0644, 5), Content.of(content));
    }

    private static Tree tree(String path, String content) {
        return new Tree.Builder().put(path, file(content)).build(5);
    }

    private Tree layer(Image image, int index) {
        Blob blob = image.layers().get(index).blob();
        return TarLayer.read(store, blob.digest()).tree();
    }

    private List<String> files(Image image, int index) {
        return List.copyOf(layer(image, index).nodes().keySet());
    }

    private static String text(Tree tree, String path) throws IOException {
        try (InputStream in =
                ((Node.RegularFile) tree.get(path).orElseThrow()).content().open()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static long mtime(Tree tree, String path) {
        return ((Node.RegularFile) tree.get(path).orElseThrow()).attributes().mtime();
    }
}
