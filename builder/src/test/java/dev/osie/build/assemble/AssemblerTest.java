package dev.osie.build.assemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.artifact.Format;
import dev.osie.build.artifact.OutputFolder;
import dev.osie.build.compose.CompositionRequest;
import dev.osie.build.debian.Archive;
import dev.osie.build.debian.Suite;
import dev.osie.build.debian.TestArchive;
import dev.osie.build.debian.TestDeb;
import dev.osie.build.debian.TestKey;
import dev.osie.build.failure.BuildException;
import dev.osie.build.failure.BuildException.Kind;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.initramfs.Entry;
import dev.osie.build.initramfs.Segment;
import dev.osie.build.kernel.ModuleFixture;
import dev.osie.build.lock.Selection;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.runtime.ImageLayout;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds a small project, from a mirror with small packages to the pair. */
class AssemblerTest {
    private static final String MODULES = "usr/lib/modules/6.12.1-test/";

    @TempDir
    private Path directory;

    private final TestKey key = TestKey.generate("Test <test@example.org>");
    private TestArchive mirror;
    private Path project;
    private Path output;
    private Store store;

    @BeforeEach
    void makeProjectAndMirror() throws IOException {
        project = directory.resolve("project");
        output = directory.resolve("out");
        store = Store.open(directory.resolve("store"));
        write("linuxkit-templates/flavors/mini.yaml", """
                osie:
                  kernel: { use: mini, modules: mini }
                kernel:
                  cmdline: console=ttyS0
                init:
                  - "@image:init"
                services:
                  - name: tool
                    image: "@image:tool"
                    command: [/usr/bin/tool]
                files:
                  - { path: etc/motd, contents: "hello", mode: "0644" }
                """);
        write("images/init/image.yaml", "description: the init\npackages: [shared]\n");
        write("images/tool/image.yaml", "description: a tool\npackages: [tool]\n");
        write("kernel-configs/mini.yaml", """
                description: a kernel
                package: { x86_64: linux-image-mini }
                """);
        write("kernel-configs/modules/mini.yaml", """
                description: modules
                modules:
                  disks: [ext4]
                """);
        mirror = TestArchive.start();
        mirror.add(Archive.DEBIAN, TestDeb.of("shared", "1.0").file("usr/lib/libshared.so", "the library"));
        mirror.add(
                Archive.DEBIAN,
                TestDeb.of("tool", "2.0").field("Depends", "shared (>= 1.0)").file("usr/bin/tool", "the tool"));
        mirror.add(Archive.DEBIAN, kernel());
        publish(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }

    @AfterEach
    void stopMirror() {
        mirror.close();
    }

    @Test
    void layersOfTheInitAndOfAContainerAreOneFileInMemory() {
        Map<String, Entry> entries = entries(build());

        Entry.RegularFile root =
                (Entry.RegularFile) entries.get("usr/lib/libshared.so").kind();
        List<Entry.RegularFile> names = entries.values().stream()
                .filter(entry -> entry.path().endsWith("/usr/lib/libshared.so"))
                .map(entry -> (Entry.RegularFile) entry.kind())
                .toList();
        assertThat(names)
                .hasSize(1)
                .first()
                .extracting(Entry.RegularFile::inode)
                .isEqualTo(root.inode());
        assertThat(entries)
                .containsKeys(
                        MODULES + "kernel/fs/ext4/ext4.ko.xz",
                        MODULES + "modules.dep.bin",
                        "containers/services/tool/config.json",
                        "containers/services/tool/prepare",
                        "etc/motd")
                .doesNotContainKey(MODULES + "kernel/fs/xfs/xfs.ko.xz");
    }

    @Test
    void aDirectoryKeepsTheModeThatOneImageGaveItWhenAnotherOnlyPutsAFileThere() throws IOException {
        replace("images/init/image.yaml", "[shared]\n", """
                [shared]
                files:
                  - { path: tmp, directory: true, mode: "1777" }
                """);
        write("images/more/image.yaml", """
                description: more of the init
                files:
                  - { path: tmp/note, contents: "x", mode: "0644" }
                """);
        replace(
                "linuxkit-templates/flavors/mini.yaml",
                "  - \"@image:init\"\n",
                "  - \"@image:init\"\n  - \"@image:more\"\n");
        replace("linuxkit-templates/flavors/mini.yaml", "files:\n", "files:\n  - { path: tmp, directory: true }\n");

        assertThat(entries(build()).get("tmp").attributes().mode()).isEqualTo(01777);
    }

    @Test
    void theLockAloneDecidesWhatIsBuiltNext() {
        Osie first = build();
        mirror.add(Archive.DEBIAN, TestDeb.of("shared", "1.1").file("usr/lib/libshared.so", "a newer library"));
        publish(Instant.now().truncatedTo(ChronoUnit.SECONDS));
        int requests = mirror.requests().size();

        Osie second = build();

        assertThat(second.initramfs()).isEqualTo(first.initramfs());
        assertThat(mirror.requests()).hasSize(requests);

        new Locks(store, Progress.SILENT, List.of(request("mini")), List.of()).update(Selection.EVERYTHING, false);
        assertThat(build().initramfs()).isNotEqualTo(first.initramfs());
    }

    @Test
    void aStoreOfItsOwnGivesTheSameBytes() throws IOException {
        write(build());
        byte[] first = Files.readAllBytes(output.resolve("initramfs-x86_64"));
        store = Store.open(directory.resolve("another"));
        output = directory.resolve("elsewhere");

        write(build());

        assertThat(output.resolve("initramfs-x86_64")).hasBinaryContent(first);
        assertThat(output.resolve("vmlinuz-x86_64")).hasContent("the kernel");
    }

    @Test
    void whatIsThereAlreadyIsLeftAlone() throws IOException {
        assertThat(write(build())).isTrue();
        assertThat(write(build())).isFalse();

        Files.writeString(output.resolve("initramfs-x86_64"), "damaged");
        assertThat(write(build())).isTrue();
        assertThat(write(build())).isFalse();
    }

    @Test
    void aComposedDocumentBuildsTheSameWithoutPackagesOrLock() throws IOException {
        write(build());
        byte[] first = Files.readAllBytes(output.resolve("initramfs-x86_64"));
        mirror.close();

        Osie again = new Assembler(store, Progress.SILENT)
                .assemble(request(output.resolve("mini.yaml").toString()));

        output = directory.resolve("again");
        write(again);
        assertThat(output.resolve("initramfs-x86_64")).hasBinaryContent(first);
        assertThat(directory.resolve("out/osie.lock")).doesNotExist();
    }

    @Test
    void whatComposePrintsBuildsTheSameWithoutNetwork() throws IOException {
        replace("linuxkit-templates/flavors/mini.yaml", "files:\n", "files:\n  - { path: etc/note, source: note }\n");
        write("linuxkit-templates/flavors/note", "a note");
        Osie first = build();
        String document = new Assembler(store, Progress.SILENT)
                .compose(
                        request("mini"),
                        (composition, source) -> composition.locate(source).toString());
        mirror.close();

        Path composed = write("composed.yaml", document.getBytes(StandardCharsets.UTF_8));
        Osie again = new Assembler(store, Progress.SILENT).assemble(request(composed.toString()));

        assertThat(again.initramfs()).isEqualTo(first.initramfs());
        assertThat(again.vmlinuz()).isEqualTo(first.vmlinuz());
        assertThat(document).doesNotContain("osie:", "@image:");
    }

    @Test
    void theManifestTellsWhereEachFileComesFrom() throws IOException {
        write(build());

        assertThat(output.resolve("manifest.json"))
                .content()
                .contains("\"origin\" : \"debian:shared 1.0\"")
                .containsPattern("ext4.ko.xz\",.*\"origin\":\"debian:linux-image-mini 6.12.1-1[^\"]*: mini, disks\"")
                .containsPattern("\"path\":\"etc/motd\",.*\"origin\":\"[^\"]*mini.yaml:12:5\"");
    }

    @Test
    void aChangedFilePacksOneSegment() throws IOException {
        Osie first = build();
        replace("linuxkit-templates/flavors/mini.yaml", "hello", "good bye");

        Osie second = build();

        List<?> changed = second.initramfs().segments().stream()
                .filter(segment -> !first.initramfs().segments().contains(segment))
                .toList();
        assertThat(changed).hasSize(1);
    }

    @Test
    void embeddedImagesAreOneSegmentThatIsPackedOnceAndNamesItsOrigin() throws IOException {
        replace("linuxkit-templates/flavors/mini.yaml", "osie:\n", "osie:\n  embed: [\"@image:tool\"]\n");
        Osie first = build();
        replace("linuxkit-templates/flavors/mini.yaml", "hello", "good bye");

        Osie second = build();
        write(second);

        assertThat(segment(second, "embedded images")).isEqualTo(segment(first, "embedded images"));
        assertThat(entries(second)).containsKey("usr/share/osie-build/images/embedded.tar");
        assertThat(second.origins().get("embedded images"))
                .matches("docker.io/osie-build/tool:latest = osie-build/tool@sha256:[0-9a-f]{64}");
        assertThat(output.resolve("manifest.json"))
                .content()
                .containsPattern(
                        "\"path\":\"usr/share/osie-build/images/embedded.tar\".*\"origin\":\"[^\"]*mini.yaml:2:11\"");

        replace("linuxkit-templates/flavors/mini.yaml", "[\"@image:tool\"]", "[{ image: \"@image:tool\", as: x }]");
        assertThat(segment(build(), "embedded images")).isNotEqualTo(segment(first, "embedded images"));
    }

    private static Segment segment(Osie osie, String name) {
        return osie.initramfs().segments().stream()
                .filter(segment -> segment.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anEmbeddedImageThatIsNowhereIsNamedWithItsPlace() throws IOException {
        replace("linuxkit-templates/flavors/mini.yaml", "osie:\n", "osie:\n  embed: [registry.example/tool:1]\n");

        assertFails(this::build, Kind.UNAVAILABLE, "mini.yaml:2:11");
    }

    @Test
    void theImageOfARecipeMadeByItselfIsTheOneThatAFlavorUses() throws IOException {
        String document = build().document();
        Project own = new Project(project);

        Image alone = new RecipeImages(store, Progress.SILENT)
                .build(recipes(own, Optional.empty(), "tool"))
                .get("tool");

        assertThat(document).contains("osie-build/tool@" + alone.manifest());
        assertThat(own.images().resolve("tool/osie.lock")).content().contains("name: shared", "name: tool");
        assertThat(own.images().resolve("init/osie.lock")).doesNotExist();
        Path lock = directory.resolve("both.lock");
        assertThat(new RecipeImages(store, Progress.SILENT)
                        .build(recipes(own, Optional.of(lock), "tool", "init"))
                        .get("tool")
                        .manifest())
                .isEqualTo(alone.manifest());
        assertThat(lock).content().contains("- name: init", "- name: tool");
        assertFails(
                () -> new RecipeImages(store, Progress.SILENT).build(recipes(own, Optional.empty(), "tol")),
                Kind.BAD_INPUT,
                "There is no recipe 'tol'");
    }

    private RecipeRequest recipes(Project own, Optional<Path> lock, String... names) throws IOException {
        Path keyring = write("key.pgp", key.publicKey());
        String from = mirror.root().toString();
        return new RecipeRequest(
                own,
                List.of(names),
                Architecture.X86_64,
                lock,
                new DebianPlaces(Optional.of(from), Optional.empty(), Optional.of(keyring)),
                RegistrySettings.DEFAULT,
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void aPackageThatWasAlteredOnTheMirrorStopsTheBuild() {
        mirror.serve("/debian/pool/main/t/tool/tool_2.0_amd64.deb", new byte[10]);

        assertFails(this::build, Kind.VERIFICATION, "tool_2.0_amd64.deb");
        assertThat(output).doesNotExist();
    }

    @Test
    void anExpiredSuiteStopsTheBuildAndWritesNoLock() {
        publish(Instant.parse("2026-01-01T00:00:00Z"));

        assertFails(this::build, Kind.VERIFICATION, "expired");
        assertThat(project.resolve("linuxkit-templates/flavors/osie.lock")).doesNotExist();
    }

    @Test
    void aSuiteSignedByAStrangerStopsTheBuild() {
        TestKey stranger = TestKey.generate("Stranger <stranger@example.org>");
        for (Suite suite : Suite.DEFAULT) {
            mirror.publish(suite, Instant.now(), stranger);
        }

        assertFails(this::build, Kind.VERIFICATION, "InRelease");
    }

    @Test
    void anEditedRecipeWantsANewLock() throws IOException {
        build();
        replace("images/init/image.yaml", "[shared]", "[shared, tool]");

        assertFails(this::build, Kind.BAD_INPUT, "init");
    }

    @Test
    void unknownNamesAreReportedWithTheLikelyOnes() throws IOException {
        replace("linuxkit-templates/flavors/mini.yaml", "@image:tool", "@image:tol");
        assertFails(this::build, Kind.BAD_INPUT, "did you mean 'tool'?");

        replace("linuxkit-templates/flavors/mini.yaml", "@image:tol", "@image:tool");
        replace("images/tool/image.yaml", "[tool]", "[tol]");
        assertFails(this::build, Kind.BAD_INPUT, "tol");
    }

    @Test
    void anImageThatIsNotInTheStoreIsNamedWithItsPlace() throws IOException {
        replace("linuxkit-templates/flavors/mini.yaml", "\"@image:tool\"", "registry.example/tool:1");

        assertFails(this::build, Kind.UNAVAILABLE, "mini.yaml:9:12");
    }

    private Osie build() {
        return new Assembler(store, Progress.SILENT).assemble(request("mini"));
    }

    private boolean write(Osie osie) {
        return new OutputFolder(store, EnumSet.of(Format.PAIR), Progress.SILENT).write(osie, output);
    }

    private BuildRequest request(String flavor) {
        return new BuildRequest(
                new Project(project),
                CompositionRequest.of(flavor, Architecture.X86_64),
                Optional.empty(),
                Optional.of(mirror.root().toString()),
                RegistrySettings.DEFAULT,
                Optional.of(write("key.pgp", key.publicKey())),
                Compression.ZSTD_3,
                ImageLayout.SHARED,
                Optional.empty());
    }

    private SortedMap<String, Entry> entries(Osie osie) {
        SortedMap<String, Entry> entries = new TreeMap<>();
        osie.initramfs()
                .segments()
                .forEach(segment -> segment.entries(store).forEach(entry -> entries.put(entry.path(), entry)));
        return entries;
    }

    private void publish(Instant date) {
        for (Suite suite : Suite.DEFAULT) {
            mirror.publish(suite, date, key);
        }
    }

    private static TestDeb kernel() {
        return TestDeb.of("linux-image-mini", "6.12.1-1")
                .file("boot/vmlinuz-6.12.1-test", "the kernel")
                .file(MODULES + "modules.order", "kernel/fs/xfs/xfs.ko\nkernel/fs/ext4/ext4.ko\n")
                .file(MODULES + "modules.builtin", "")
                .file(MODULES + "modules.builtin.modinfo", "")
                .file(
                        MODULES + "kernel/fs/ext4/ext4.ko.xz",
                        ModuleFixture.module().toXz())
                .file(
                        MODULES + "kernel/fs/xfs/xfs.ko.xz",
                        ModuleFixture.module().toXz());
    }

    private static void assertFails(ThrowingCallable work, Kind kind, String message) {
        assertThatThrownBy(work)
                .isInstanceOf(BuildException.class)
                .hasMessageContaining(message)
                .extracting(failure -> ((BuildException) failure).kind())
                .isEqualTo(kind);
    }

    private void write(String path, String text) throws IOException {
        Path file = project.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Path write(String path, byte[] content) {
        try {
            return Files.write(directory.resolve(path), content);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void replace(String path, String old, String replacement) throws IOException {
        write(path, Files.readString(project.resolve(path)).replace(old, replacement));
    }
}
