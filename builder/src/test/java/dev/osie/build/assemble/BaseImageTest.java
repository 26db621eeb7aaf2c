package dev.osie.build.assemble;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.assemble.StoredImages.Layer;
import dev.osie.build.compose.CompositionRequest;
import dev.osie.build.debian.Archive;
import dev.osie.build.debian.Suite;
import dev.osie.build.debian.TestArchive;
import dev.osie.build.debian.TestDeb;
import dev.osie.build.debian.TestKey;
import dev.osie.build.failure.BuildException;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.initramfs.Entry;
import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.runtime.ImageLayout;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recipes that build on an image of a registry. */
class BaseImageTest {
    @TempDir
    private Path directory;

    private final TestKey key = TestKey.generate("Test <test@example.org>");
    private Path project;
    private Store store;
    /** Serves packages as a mirror does, and images as a registry does. */
    private TestArchive server;

    @BeforeEach
    void makeProjectAndServer() throws IOException {
        project = directory.resolve("project");
        store = Store.open(directory.resolve("store"));
        server = TestArchive.start();
        server.add(Archive.DEBIAN, TestDeb.of("tool", "2.0").file("usr/bin/tool", "the tool"));
        for (Suite suite : Suite.DEFAULT) {
            server.publish(suite, Instant.now().truncatedTo(ChronoUnit.SECONDS), key, List.of("arm64"));
        }
        push("base", "1", index(manifest("amd64", "intel"), manifest("arm64", "arm")));
        for (Architecture each : Architecture.values()) {
            new StoredImages(store, each).put("k:1", new Layer().file("kernel", 0644, "the kernel"));
        }
        write("linuxkit-templates/flavors/mini.yaml", """
                osie: { description: x }
                kernel: { image: "k:1", tar: none }
                services:
                  - { name: app, image: "@image:app" }
                """);
        recipe("""
                from: %s/base:1
                packages: [tool]
                files: [{ path: srv/x, contents: x, uid: nginx, gid: nginx }]
                config: { user: nginx }
                """);
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Test
    void theLayersOfTheImageLieBelowAndItsAccountsAreKnown() throws IOException {
        Osie osie = build(Architecture.X86_64);

        assertThat(entry(osie, "/etc/which").path()).startsWith("containers/layers/");
        assertThat(entry(osie, "/usr/bin/tool")).isNotNull();
        assertThat(entry(osie, "/srv/x").attributes().uid()).isEqualTo(101);
        assertThat(entry(osie, "/srv/x").attributes().gid()).isEqualTo(82);
        // What the packages need of the merged /usr and the image lacks.
        assertThat(entry(osie, "/lib64").kind()).isEqualTo(new Entry.Symlink("usr/lib64"));
        assertThat(osie.parts().toString()).contains("127.0.0.1");
    }

    @Test
    void theLockHasTheDigestOfTheArchitectureAndDecides() throws IOException {
        Osie first = build(Architecture.X86_64);

        assertThat(Files.readString(lock()))
                .contains(host() + "/base:1", "x86_64: " + manifestDigest("amd64", "intel"));

        push("base", "1", index(manifest("amd64", "another"), manifest("arm64", "arm")));
        store = Store.open(directory.resolve("another store"));
        for (Architecture each : Architecture.values()) {
            new StoredImages(store, each).put("k:1", new Layer().file("kernel", 0644, "the kernel"));
        }

        assertThat(build(Architecture.X86_64).initramfs()).isEqualTo(first.initramfs());
    }

    @Test
    void anotherArchitectureGetsItsOwn() throws IOException {
        recipe("from: %s/base:1\npackages: [{ name: tool, arch: [x86_64] }]\nconfig: { user: nginx }\n");
        Osie arm = build(Architecture.AARCH64);

        assertThat(Files.readString(lock())).contains("aarch64: " + manifestDigest("arm64", "arm"));
        assertThat(entry(arm, "/etc/which")).isNotNull();
    }

    @Test
    void anImageByDigestIsNotInTheLock() throws IOException {
        recipe("from: \"%s/base@" + manifestDigest("amd64", "intel") + "\"\nconfig: { user: nginx }\n");

        build(Architecture.X86_64);

        assertThat(Files.readString(lock())).doesNotContain("/base");
    }

    @Test
    void anImageThatIsNotThereIsSaidWhereTheRecipeNamesIt() throws IOException {
        recipe("from: %s/bsae:1\n");

        assertThatThrownBy(() -> build(Architecture.X86_64))
                .isInstanceOf(BuildException.class)
                .hasMessageStartingWith("images/app/image.yaml:2:7: ")
                .hasMessageContaining("/bsae:1");
    }

    @Test
    void aPackageThatIsNotThereIsSaidWhereTheRecipeNamesItWithTheOneThatIsMeant() throws IOException {
        recipe("packages: [toool]\n");

        assertThatThrownBy(() -> build(Architecture.X86_64))
                .isInstanceOf(BuildException.class)
                .hasMessageStartingWith("images/app/image.yaml:2:12: 'toool': ")
                .hasMessageContaining("did you mean 'tool'?");
    }

    @Test
    void anUnknownNameIsSaidWithThoseOfTheImage() throws IOException {
        recipe("from: %s/base:1\nfiles: [{ path: srv/x, contents: x, uid: ngnix }]\n");

        assertThatThrownBy(() -> build(Architecture.X86_64))
                .isInstanceOf(BuildException.class)
                .hasMessageStartingWith(
                        "images/app/image.yaml:3:42: the image has no user 'ngnix' — did you mean 'nginx'?");
    }

    private void recipe(String yaml) throws IOException {
        write("images/app/image.yaml", "description: x\n" + yaml.replace("%s", host()));
    }

    private Osie build(Architecture architecture) throws IOException {
        return new Assembler(store, Progress.SILENT)
                .assemble(new BuildRequest(
                        new Project(project),
                        CompositionRequest.of("mini", architecture),
                        Optional.empty(),
                        Optional.of(server.root().toString()),
                        RegistrySettings.DEFAULT,
                        Optional.of(write("key.pgp", key.publicKey())),
                        Compression.ZSTD_3,
                        ImageLayout.SHARED,
                        Optional.empty()));
    }

    private Path lock() {
        return project.resolve("linuxkit-templates/flavors/osie.lock");
    }

    private Entry entry(Osie osie, String end) {
        return osie.initramfs().segments().stream()
                .flatMap(segment -> segment.entries(store).stream())
                .filter(entry -> entry.path().endsWith(end))
                .findFirst()
                .orElseThrow();
    }

    private String host() {
        return "127.0.0.1:" + server.root().getPort();
    }

    private static byte[] layer(String text) {
        return new Layer()
                .directory("bin", 0755)
                .file("bin/app", 0755, "app")
                .file("etc/which", 0644, text)
                .file("etc/passwd", 0644, "root:x:0:0::/root:/bin/sh\nnginx:x:101:82::/:/bin/sh\n")
                .file("etc/group", 0644, "root:x:0:\nnginx:x:82:\n")
                .toBytes();
    }

    private static byte[] config(String architecture, String text) {
        return ("{\"os\": \"linux\", \"architecture\": \"" + architecture
                        + "\", \"config\": {\"Entrypoint\": [\"/bin/app\"], \"Env\": [\"PATH=/bin\"]},"
                        + " \"rootfs\": {\"type\": \"layers\", \"diff_ids\": [\"" + Digest.of(layer(text)) + "\"]}}")
                .getBytes(UTF_8);
    }

    private byte[] manifest(String architecture, String text) {
        byte[] config = config(architecture, text);
        byte[] layer = layer(text);
        serve("base", "blobs", config);
        serve("base", "blobs", layer);
        byte[] manifest = manifestOf(config, layer);
        serve("base", "manifests", manifest);
        return manifest;
    }

    private static byte[] manifestOf(byte[] config, byte[] layer) {
        return ("{\"schemaVersion\": 2, \"mediaType\": \"application/vnd.oci.image.manifest.v1+json\", \"config\": "
                        + descriptor("config.v1+json", config, "") + ", \"layers\": ["
                        + descriptor("layer.v1.tar", layer, "") + "]}")
                .getBytes(UTF_8);
    }

    private static Digest manifestDigest(String architecture, String text) {
        return Digest.of(manifestOf(config(architecture, text), layer(text)));
    }

    private static byte[] index(byte[] intel, byte[] arm) {
        List<String> manifests = List.of(
                descriptor(
                        "manifest.v1+json", intel, ", \"platform\": {\"os\": \"linux\", \"architecture\": \"amd64\"}"),
                descriptor(
                        "manifest.v1+json", arm, ", \"platform\": {\"os\": \"linux\", \"architecture\": \"arm64\"}"));
        return ("{\"schemaVersion\": 2, \"mediaType\": \"application/vnd.oci.image.index.v1+json\", \"manifests\": ["
                        + String.join(", ", manifests) + "]}")
                .getBytes(UTF_8);
    }

    private static String descriptor(String type, byte[] content, String more) {
        return "{\"mediaType\": \"application/vnd.oci.image." + type + "\", \"digest\": \"" + Digest.of(content)
                + "\", \"size\": " + content.length + more + "}";
    }

    private void push(String repository, String tag, byte[] manifest) {
        server.serve("/v2/" + repository + "/manifests/" + tag, manifest);
        serve(repository, "manifests", manifest);
    }

    private void serve(String repository, String kind, byte[] content) {
        server.serve("/v2/" + repository + "/" + kind + "/" + Digest.of(content), content);
    }

    private Path write(String path, String content) throws IOException {
        return write(path, content.getBytes(UTF_8));
    }

    private Path write(String path, byte[] content) throws IOException {
        Path file = project.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }
}
