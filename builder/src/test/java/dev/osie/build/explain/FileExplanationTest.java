package dev.osie.build.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.assemble.Assembler;
import dev.osie.build.assemble.BuildRequest;
import dev.osie.build.assemble.Osie;
import dev.osie.build.assemble.Project;
import dev.osie.build.assemble.StoredImages;
import dev.osie.build.assemble.StoredImages.Layer;
import dev.osie.build.compose.Composition;
import dev.osie.build.compose.CompositionRequest;
import dev.osie.build.compose.TestTemplates;
import dev.osie.build.debian.Archive;
import dev.osie.build.debian.Suite;
import dev.osie.build.debian.TestArchive;
import dev.osie.build.debian.TestDeb;
import dev.osie.build.debian.TestKey;
import dev.osie.build.failure.BuildException;
import dev.osie.build.image.Recipes;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.runtime.ImageLayout;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds a small project once, and asks where its files come from. */
class FileExplanationTest {
    private static final String FLAVOR = "linuxkit-templates/flavors/mini.yaml:";

    @TempDir
    private static Path directory;

    private static FileExplanation explanation;

    @BeforeAll
    static void build() throws IOException {
        TestTemplates project = new TestTemplates(directory.resolve("project"));
        project.flavor("mini", """
                kernel: { image: "@image:kernel", tar: none }
                init: ["@image:init", "a/init:1"]
                volumes:
                  - { name: data, image: "a/odd:1" }
                  - { name: store, image: "a/odd:1", format: oci }
                onboot:
                  - { name: odd, image: "a/odd:1" }
                services:
                  - name: tool
                    image: "@image:tool"
                    capabilities: [all]
                    runtime: { mkdir: [/run/tool] }
                files:
                  - { path: lib/note, contents: "hello" }
                  - { path: etc/there-or-not, source: nowhere, optional: true }
                osie: { embed: ["@image:tool", { image: "a/odd:1", as: lab/odd }] }
                """);
        project.write("images/kernel/image.yaml", """
                description: a kernel
                files:
                  - { path: kernel, contents: "the kernel" }
                """);
        project.write("images/init/image.yaml", """
                description: the init
                packages: [shared]
                files:
                  - { path: etc/init.conf, contents: "x" }
                """);
        project.write("images/tool/image.yaml", """
                description: a tool
                packages: [tool]
                config: { entrypoint: [/usr/bin/tool] }
                """);
        Store store = Store.open(directory.resolve("store"));
        StoredImages images = new StoredImages(store);
        images.put("a/init:1", new Layer().file("sbin/extra", 0755, "extra"));
        images.put(
                "a/odd:1",
                new Layer()
                        .file("usr/bin/odd", 0755, "odd")
                        .symlink("bin", "/usr/bin")
                        .file("etc/old", 0644, "old"),
                new Layer().file("etc/.wh.old", 0644, ""));
        TestKey key = TestKey.generate("Test <test@example.org>");
        try (TestArchive mirror = TestArchive.start()) {
            mirror.add(Archive.DEBIAN, TestDeb.of("shared", "1.0").file("usr/lib/libshared.so", "the library"));
            mirror.add(
                    Archive.DEBIAN,
                    TestDeb.of("tool", "2.0").field("Depends", "shared").file("usr/bin/tool", "the tool"));
            for (Suite suite : Suite.DEFAULT) {
                mirror.publish(suite, Instant.now().truncatedTo(ChronoUnit.SECONDS), key);
            }
            CompositionRequest request = CompositionRequest.of("mini", Architecture.X86_64);
            Composition composition = project.compose(request);
            Osie osie = new Assembler(store, Progress.SILENT)
                    .assemble(new BuildRequest(
                            new Project(project.root()),
                            request,
                            Optional.empty(),
                            Optional.of(mirror.root().toString()),
                            RegistrySettings.DEFAULT,
                            Optional.of(Files.write(directory.resolve("key.pgp"), key.publicKey())),
                            Compression.ZSTD_3,
                            ImageLayout.SHARED,
                            Optional.empty()));
            explanation = new FileExplanation(
                    osie, composition, Recipes.in(project.root().resolve("images")), store);
        }
    }

    @Test
    void aPackagesFileHasThePackageAndTheLinesThatAskForIt() {
        assertThat(explain("usr/lib/libshared.so"))
                .contains(
                        "images/init/image.yaml:2:12 packages: shared",
                        FLAVOR + "2:8 image: @image:init",
                        "images/tool/image.yaml:2:11 packages: [tool] need shared",
                        FLAVOR + "10:12 image: @image:tool",
                        "made from debian:shared 1.0")
                .anyMatch(line -> line.startsWith("segment layer "));
    }

    @Test
    void aPathIsFollowedThroughLinks() {
        assertThat(explain("/lib/libshared.so").get(0)).startsWith("usr/lib/libshared.so file of 11 bytes");
        assertThat(explain("lib").get(0)).isEqualTo("lib link to usr/lib");
    }

    @Test
    void aRecipesOwnFileHasItsLine() {
        assertThat(explain("etc/init.conf"))
                .contains(
                        "images/init/image.yaml:4:5 { path: etc/init.conf, contents: x }",
                        "made from recipe:images/init");
    }

    @Test
    void aFileOfTheDocumentHasTheLineOfItsEntry() {
        assertThat(explain("usr/lib/note"))
                .contains(FLAVOR + "14:13 path: lib/note", FLAVOR + "14:33 contents: hello", "segment files");
    }

    @Test
    void aFileOfAnImageWithWhiteoutsHasTheImage() {
        assertThat(explain("containers/onboot/000-odd/rootfs/bin/odd"))
                .contains(FLAVOR + "7:25 image: a/odd:1", "made from 2 layers of a/odd:1")
                .element(0)
                .asString()
                .matches("containers/layers/[0-9a-f]{16}/usr/bin/odd file of 3 bytes, mode 0755");
    }

    @Test
    void aFileOfTheInitFromAStoredImageHasTheImage() {
        assertThat(explain("sbin/extra"))
                .contains(FLAVOR + "2:23 image: a/init:1")
                .anyMatch(line -> line.matches("made from a layer of a/init@sha256:[0-9a-f]{64}"));
    }

    @Test
    void aContainersFileIsFoundInItsLayers() {
        assertThat(explain("containers/services/tool/rootfs/usr/bin/tool"))
                .contains(
                        "images/tool/image.yaml:2:12 packages: tool",
                        FLAVOR + "10:12 image: @image:tool",
                        "made from debian:tool 2.0")
                .noneMatch(line -> line.startsWith(FLAVOR + "16:"));
        assertThat(explain("containers/services/tool/rootfs/etc/hosts"))
                .contains("containers/layers/container/etc/hosts file of 160 bytes, mode 0644")
                .anyMatch(line -> line.startsWith("made from what LinuxKit gives every root"));
        assertThat(explain("containers/volumes/data/merged/usr/bin/odd")).contains(FLAVOR + "4:26 image: a/odd:1");
        assertThatThrownBy(() -> explain("containers/services/tool/rootfs/usr/bin/toll"))
                .hasMessage("The root of tool has no usr/bin/toll: there is no 'toll' in usr/bin.");
    }

    @Test
    void whatLinuxKitGivesTheRootSaysSo() {
        assertThat(explain("etc/hosts"))
                .contains("segment defaults of the root")
                .anyMatch(line -> line.startsWith("made from what LinuxKit gives every root"));
    }

    @Test
    void aVolumesFileHasTheVolumeAndItsImage() {
        assertThat(explain("containers/volumes/store/lower/index.json"))
                .contains(FLAVOR + "5:5 volume 'store'", FLAVOR + "5:27 image: a/odd:1");
    }

    @Test
    void theArchiveOfEmbeddedImagesNamesEach() {
        assertThat(explain("usr/share/osie-build/images/embedded.tar"))
                .contains(
                        FLAVOR + "16:17 embed: @image:tool as docker.io/osie-build/tool:latest",
                        FLAVOR + "16:32 embed: a/odd:1 as docker.io/lab/odd:latest",
                        "segment embedded images")
                .anyMatch(line -> line.matches(
                        "made from .*docker.io/osie-build/tool:latest = osie-build/tool@sha256:[0-9a-f]{64}.*"));
    }

    @Test
    void aBundlesFileHasTheContainersEntry() {
        assertThat(explain("containers/services/tool/prepare"))
                .contains(FLAVOR + "9:5 service 'tool'", "segment containers/services/tool");
    }

    @Test
    void aPointerIntoConfigJsonLeadsToTheKeyThatDecides() {
        assertThat(explain("containers/services/tool/config.json#/process/capabilities/bounding"))
                .containsExactly(FLAVOR + "11:19 capabilities: [all]");
        assertThat(explain("containers/services/tool/runtime.json#/mkdir"))
                .containsExactly(FLAVOR + "12:23 runtime/mkdir: [/run/tool]");
    }

    @Test
    void aValueThatTheDocumentLeavesToTheImageSaysSo() {
        assertThat(explain("containers/services/tool/config.json#/process/args"))
                .containsExactly(
                        "images/tool/image.yaml:3:1 config: { entrypoint: [/usr/bin/tool] }",
                        FLAVOR
                                + "9:5 service 'tool' does not say: what the image's configuration has, else LinuxKit's default");
    }

    @Test
    void whatIsNotThereIsAskedForByItsLikelyName() {
        assertHint("usr/lbi/note", "Did you mean usr/lib?");
        assertHint("service/tool/image", "Did you mean the document's services/tool/image?");
        assertHint("containers/services/tool/config.json#/process/arg", "Did you mean /process/args?");
        assertHint("etc/there-or-nto", "");
        assertThatThrownBy(() -> explain("usr/bin/tool"))
                .extracting(failure -> ((BuildException) failure).hint().orElse(""))
                .asString()
                .matches("A container has it: containers/layers/[0-9a-f]{16}/usr/bin/tool");
    }

    private static void assertHint(String path, String hint) {
        assertThatThrownBy(() -> explain(path))
                .isInstanceOf(BuildException.class)
                .extracting(failure -> ((BuildException) failure).hint().orElse(""))
                .isEqualTo(hint);
    }

    private static List<String> explain(String path) {
        return explanation.explain(path).stream()
                .map(finding -> finding.where() + " " + finding.what())
                .toList();
    }
}
