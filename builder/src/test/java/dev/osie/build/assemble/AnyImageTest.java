package dev.osie.build.assemble;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.assemble.StoredImages.Layer;
import dev.osie.build.compose.CompositionRequest;
import dev.osie.build.failure.BuildException;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.initramfs.Entry;
import dev.osie.build.initramfs.Segment;
import dev.osie.build.oci.Reference;
import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.runtime.ImageLayout;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images that other tools made become what their containers should see, whatever their layers do. */
class AnyImageTest {
    private static final String SERVICE = """
            kernel: { image: "k:1" }
            services: [{ name: s, image: "i:1" }, { name: t, image: "j:1" }]
            """;

    @TempDir
    private Path directory;

    private Store store;
    private StoredImages images;

    @BeforeEach
    void putKernel() {
        store = Store.open(directory.resolve("store"));
        images = new StoredImages(store);
        images.put(
                "k:1", new Layer().file("kernel", 0644, "the kernel").file("kernel.tar", 0644, new Layer().toBytes()));
        images.put("j:1", new Layer().file("bin/app", 0755, "another"));
    }

    @Test
    void anImageWithWhiteoutsBecomesOneLayer() throws IOException {
        Layer base = new Layer()
                .file("bin/app", 0755, "app")
                .file("etc/old", 0644, "old")
                .file("srv/x", 0644, "x");
        images.put(
                "i:1",
                base,
                new Layer().file("etc/.wh.old", 0644, ""),
                new Layer().file("srv/.wh..wh..opq", 0644, "").file("srv/y", 0644, "y"));

        assertThat(layersOf(build(SERVICE), "s"))
                .singleElement()
                .satisfies(layer -> assertThat(paths(build(SERVICE), layer))
                        .containsExactly("bin", "bin/app", "etc", "srv", "srv/y"));
    }

    @Test
    void aWhiteoutSparesWhatItsOwnLayerPutsInItsPlace() throws IOException {
        images.put(
                "i:1",
                new Layer().file("bin/app", 0755, "old"),
                new Layer().file("bin/app", 0755, "new").file("bin/.wh.app", 0644, ""));

        String layer = layersOf(build(SERVICE), "s").get(0);
        assertThat(paths(build(SERVICE), layer)).containsExactly("bin", "bin/app");
    }

    @Test
    void imagesWithoutWhiteoutsShareTheirLayers() throws IOException {
        Layer base = new Layer().directory("bin", 0755).file("bin/app", 0755, "shared");
        byte[] bytes = base.toBytes();
        images.put("i:1", base, new Layer().file("etc/i", 0644, "i"));
        images.put("j:1", base, new Layer().file("etc/j", 0644, "j"));
        Osie osie = build(SERVICE);

        assertThat(layersOf(osie, "s"))
                .hasSize(2)
                .first()
                .isEqualTo(layersOf(osie, "t").get(0));
        assertThat(store.put(bytes).digest().hex())
                .startsWith(layersOf(osie, "s").get(0));
    }

    @Test
    void aFileBelowADirectoryThatOnlyALowerLayerListsKeepsTheDirectorysMode() throws IOException {
        images.put(
                "i:1",
                new Layer().directory("tmp", 01777).file("bin/app", 0755, "app"),
                new Layer().file("tmp/note", 0644, "note"));
        Osie osie = build(SERVICE);

        String layer = layersOf(osie, "s").get(0);
        assertThat(entries(osie)
                        .get("containers/layers/" + layer + "/tmp")
                        .attributes()
                        .mode())
                .isEqualTo(01777);
    }

    @Test
    void aFileThroughALinkOfALowerLayerLandsWhereTheLinkLeads() throws IOException {
        images.put(
                "i:1",
                new Layer().directory("usr/lib", 0755).symlink("lib", "usr/lib").file("bin/app", 0755, "app"),
                new Layer().file("lib/x", 0644, "x"));

        assertThat(paths(build(SERVICE), layersOf(build(SERVICE), "s").get(0))).contains("usr/lib/x");
    }

    @ParameterizedTest
    @CsvSource({
        "web, 33:34",
        "web:staff, 33:50",
        "web:7, 33:7",
        "33, 33:34",
        "4711, 4711:0",
        "4711:staff, 4711:50",
        "root, 0:0",
        "'', 0:0"
    })
    void aContainerRunsAsTheUserOfItsImage(String user, String numbers) throws IOException {
        images.putForUser(
                user,
                "i:1",
                new Layer()
                        .file("etc/passwd", 0644, "web:x:1:1::/:/bin/sh\n")
                        .file("etc/group", 0644, "root:x:0:\nstaff:x:50:web\n")
                        .file("bin/app", 0755, "app"),
                new Layer().file("etc/passwd", 0644, "root:x:0:0::/:/bin/sh\nbroken\nweb:x:33:34:Web:/srv:\n"));

        String config = text(build(SERVICE), "containers/services/s", "config.json");

        assertThat(config.replaceAll("\\s", ""))
                .contains(String.format("\"user\":{\"uid\":%s,\"gid\":%s}", (Object[]) numbers.split(":")));
    }

    @Test
    void aUserThatTheImageDoesNotListIsAskedFor() {
        images.putForUser("ghost", "i:1", new Layer().file("bin/app", 0755, "app"));

        assertThatThrownBy(() -> build(SERVICE))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("document.yaml:2:30: the image 'i:1' runs as 'ghost'")
                .hasMessageContaining("set 'uid' and 'gid' of service 's'");
    }

    @Test
    void whatBelongsToTheMakerOfAnImageIsDropped() throws IOException {
        images.put(
                "i:1",
                new Layer()
                        .file("bin/app", 0755, "app")
                        .file("etc/hostname", 0644, "buildkit")
                        .file("dev/console", 0600, "")
                        .file("Dockerfile", 0644, "FROM scratch")
                        .file("srv/Dockerfile", 0644, "FROM scratch")
                        .file(".dockerenv", 0644, ""));
        Osie osie = build(SERVICE + "init: [\"i:1\"]\n");

        String layer = "containers/layers/" + layersOf(osie, "s").get(0) + "/";
        for (String root : List.of("", layer)) {
            assertThat(entries(osie))
                    .containsKeys(root + "bin/app", root + "srv/Dockerfile")
                    .doesNotContainKeys(
                            root + "etc/hostname", root + "dev/console", root + "Dockerfile", root + ".dockerenv");
        }
    }

    @Test
    void everyRootHasLinuxKitsHostsAndNameServers() throws IOException {
        images.put(
                "i:1",
                new Layer()
                        .file("bin/app", 0755, "app")
                        .symlink("etc/resolv.conf", "../run/systemd/resolve/stub-resolv.conf")
                        .symlink("etc/hosts", "/run/hosts"));
        Osie osie = build(SERVICE + "init: [\"i:1\"]\n");
        SortedMap<String, Entry> entries = entries(osie);

        assertThat(entries.get("etc/resolv.conf").kind()).isEqualTo(new Entry.Symlink("/run/resolvconf/resolv.conf"));
        assertThat(((Entry.RegularFile) entries.get("etc/hosts").kind()).size()).isEqualTo(160);
        // The topmost directory of every container's overlay.
        assertThat(((Entry.RegularFile) entries.get("containers/layers/container/etc/hosts")
                                .kind())
                        .size())
                .isEqualTo(160);
        assertThat(entries.get("containers/layers/container/etc/resolv.conf").kind())
                .isInstanceOf(Entry.RegularFile.class);
    }

    @Test
    void microcodeIsTheFirstSegmentAsItIs() throws IOException {
        byte[] ucode = Files.readAllBytes(cpio());
        images.put(
                "k:1",
                new Layer()
                        .file("kernel", 0644, "the kernel")
                        .file(
                                "kernel.tar",
                                0644,
                                new Layer().file("lib/m", 0644, "m").toBytes())
                        .file("intel-ucode.cpio", 0644, ucode));

        Osie osie = build("kernel: { image: \"k:1\", ucode: intel-ucode.cpio }\n");

        Segment first = osie.initramfs().segments().get(0);
        assertThat(first.name()).isEqualTo("ucode");
        assertThat(store.readAllBytes(first.blob().digest())).isEqualTo(ucode);
        assertThat(first.entries(store)).extracting(Entry::path).contains("etc/motd");
    }

    @Test
    void missingMicrocodeIsAnErrorThatListsWhatThereIs() {
        assertThatThrownBy(() -> build("kernel: { image: \"k:1\", ucode: intel.cpio }\n"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("document.yaml:1:")
                .hasMessageContaining("has no file 'intel.cpio' at its root; it has kernel, kernel.tar");
    }

    @Test
    void microcodeThatIsNoCpioArchiveIsRefused() {
        images.put(
                "k:1",
                new Layer()
                        .file("kernel", 0644, "the kernel")
                        .file("kernel.tar", 0644, new Layer().toBytes())
                        .file("ucode", 0644, "not an archive"));

        assertThatThrownBy(() -> build("kernel: { image: \"k:1\", ucode: ucode }\n"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("ucode")
                .hasMessageContaining("not an uncompressed cpio archive");
    }

    @Test
    void aKernelThatIsALinkIsFollowed() throws IOException {
        byte[] modules = new Layer().file("lib/m", 0644, "m").toBytes();
        images.put(
                "k:1",
                new Layer()
                        .file("boot/vmlinuz-6", 0644, "through a symbolic link")
                        .file("modules-6", 0644, modules)
                        .symlink("kernel", "boot/vmlinuz-6")
                        .link("kernel.tar", "modules-6"));

        Osie osie = build("kernel: { image: \"k:1\" }\n");

        assertThat(new String(store.readAllBytes(osie.vmlinuz().orElseThrow().digest()), UTF_8))
                .isEqualTo("through a symbolic link");
        assertThat(entries(osie)).containsKey("lib/m");
    }

    @Test
    void aKernelThatIsALinkToNothingIsAnError() {
        images.put("k:1", new Layer().symlink("kernel", "boot/vmlinuz"));

        assertThatThrownBy(() -> build("kernel: { image: \"k:1\", tar: none }\n"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("'kernel' in the kernel image k:1 is not a file, nor a link to one");
    }

    @Test
    void aKernelWithoutATarOfModulesIsEnoughWhenTheDocumentSaysSo() throws IOException {
        images.put("k:1", new Layer().file("bzImage", 0600, "by another name"));

        for (String none : List.of("none", "\"\"")) {
            Osie osie = build("kernel: { image: \"k:1\", binary: bzImage, tar: " + none + " }\n");
            assertThat(new String(
                            store.readAllBytes(osie.vmlinuz().orElseThrow().digest()), UTF_8))
                    .isEqualTo("by another name");
        }
        assertThatThrownBy(() -> build("kernel: { image: \"k:1\", binary: bzImage }\n"))
                .hasMessageContaining("has no file 'kernel.tar' at its root; it has bzImage");
    }

    @Test
    void aPairNeedsAKernel() {
        assertThatThrownBy(() -> build("services: [{ name: t, image: \"j:1\" }]\n"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("names no kernel")
                .extracting(failure -> ((BuildException) failure).hint().orElse(""))
                .asString()
                .contains("--format tar");
    }

    @Test
    void aCompressedTarOfModulesIsRefused() throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(new Layer().file("lib/m", 0644, "m").toBytes());
        }
        images.put("k:1", new Layer().file("kernel", 0644, "k").file("kernel.tar", 0644, compressed.toByteArray()));

        assertThatThrownBy(() -> build("kernel: { image: \"k:1\" }\n"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("'kernel.tar' in the kernel image k:1")
                .hasMessageContaining("not an uncompressed tar archive");
    }

    @Test
    void aLayerThatWasAlteredInTheStoreStopsTheBuild() throws IOException {
        byte[] layer = new Layer().file("bin/app", 0755, "app").toBytes();
        images.put("i:1", new Layer().file("bin/app", 0755, "app"));
        Path blob = store.path(store.put(layer).digest());
        String text = new String(Files.readAllBytes(blob), ISO_8859_1).replace("\0app\0", "\0bad\0");
        Files.delete(blob);
        Files.write(blob, text.getBytes(ISO_8859_1));

        assertThat(layer).isNotEqualTo(Files.readAllBytes(blob));
        assertThatThrownBy(() -> build(SERVICE))
                .isInstanceOf(BuildException.class)
                .extracting(failure -> ((BuildException) failure).kind())
                .isEqualTo(BuildException.Kind.VERIFICATION);
    }

    @Test
    void aNameWithoutATagMeansLatest() {
        assertThat(ImageSupply.lockName(Reference.parse("redis")))
                .isEqualTo(ImageSupply.lockName(Reference.parse("docker.io/library/redis:latest")))
                .isNotEqualTo(ImageSupply.lockName(Reference.parse("redis:7")));
    }

    @Test
    void oneImageUnderTwoNamesIsThereOnce() throws IOException {
        images.put("j:1", new Layer().file("bin/app", 0755, "another"));
        images.put("i:1", new Layer().file("bin/app", 0755, "another"));

        assertThat(entries(build(SERVICE)).keySet().stream().filter(path -> path.endsWith("/bin/app")))
                .hasSize(1);
        assertThat(entries(build(SERVICE, Progress.SILENT, Compression.ZSTD_3, ImageLayout.FLAT)).keySet().stream()
                        .filter(path -> path.endsWith("/bin/app")))
                .containsExactly("containers/services/s/lower/bin/app");
    }

    @Test
    void aLinkedFileIsOneFileInTheInitramfsToo() throws IOException {
        images.put("i:1", new Layer().file("bin/app", 0755, "app").link("bin/app2", "bin/app"));
        SortedMap<String, Entry> entries = entries(build(SERVICE + "init: [\"i:1\"]\n"));

        Entry.RegularFile app = (Entry.RegularFile) entries.get("bin/app").kind();
        Entry.RegularFile app2 = (Entry.RegularFile) entries.get("bin/app2").kind();
        assertThat(app2.inode()).isEqualTo(app.inode());
    }

    @Test
    void devicesOfAnImageStay() throws IOException {
        TarArchiveEntry device = Layer.entry("dev/loop9", TarConstants.LF_BLK, 0660);
        device.setDevMajor(7);
        device.setDevMinor(9);
        images.put("i:1", new Layer().file("bin/app", 0755, "app").add(device, new byte[0]));

        assertThat(entries(build(SERVICE + "init: [\"i:1\"]\n"))
                        .get("dev/loop9")
                        .kind())
                .isEqualTo(new Entry.Device(true, 7, 9));
    }

    @Test
    void thePackageOfLinuxKitIsMeantInNamesOfImagesOnly() throws IOException {
        Osie osie = build("kernel: { image: \"k:1\" }\nfiles: [{ path: a, contents: \"@pkg:../b\" }]\n");

        assertThat(osie.document()).contains("contents: \"@pkg:../b\"");
    }

    @Test
    void anAttributeThatAnInitramfsCannotHoldIsNamedAtEachBuild() throws IOException {
        var entry = Layer.entry("bin/ping", (byte) '0', 0755);
        entry.addPaxHeader("SCHILY.xattr.security.capability", "caps");
        images.put("i:1", new Layer().file("bin/app", 0755, "app").add(entry, "ping".getBytes(UTF_8)));
        List<String> warnings = new ArrayList<>();
        Progress progress = new Warnings(warnings);

        build(SERVICE, progress);
        assertThat(warnings).singleElement().asString().contains("bin/ping", "security.capability");
        build(SERVICE, progress);
        assertThat(warnings).hasSize(2);
    }

    private record Warnings(List<String> texts) implements Progress {
        @Override
        public void warn(String message) {
            texts.add(message);
        }

        @Override
        public void info(String message) {}

        @Override
        public Step start(String name, long total) {
            return SILENT.start(name, total);
        }
    }

    /** A cpio archive: an initramfs of this program's own, unpacked. */
    private Path cpio() throws IOException {
        Osie osie = build(
                "kernel: { image: \"k:1\" }\nfiles: [{ path: etc/motd, contents: hello }]\n",
                Progress.SILENT,
                Compression.NONE);
        Blob blob = osie.initramfs()
                .segments()
                .get(osie.initramfs().segments().size() - 1)
                .blob();
        return store.path(blob.digest());
    }

    private Osie build(String document) throws IOException {
        return build(document, Progress.SILENT);
    }

    private Osie build(String document, Progress progress) throws IOException {
        return build(document, progress, Compression.ZSTD_3);
    }

    private Osie build(String document, Progress progress, Compression compression) throws IOException {
        return build(document, progress, compression, ImageLayout.SHARED);
    }

    private Osie build(String document, Progress progress, Compression compression, ImageLayout layout)
            throws IOException {
        Path file = Files.writeString(directory.resolve("document.yaml"), document);
        return new Assembler(store, progress)
                .assemble(new BuildRequest(
                        new Project(directory),
                        CompositionRequest.of(file.toString(), Architecture.X86_64),
                        Optional.empty(),
                        Optional.empty(),
                        RegistrySettings.DEFAULT,
                        Optional.empty(),
                        compression,
                        layout,
                        Optional.of(StoredImages.LATEST)));
    }

    private SortedMap<String, Entry> entries(Osie osie) {
        SortedMap<String, Entry> entries = new TreeMap<>();
        osie.initramfs()
                .segments()
                .forEach(segment -> segment.entries(store).forEach(entry -> entries.put(entry.path(), entry)));
        return entries;
    }

    /** A file of a bundle. */
    private static String text(Osie osie, String bundle, String name) {
        Part part = osie.parts().stream()
                .filter(each -> each.unit().name().equals(bundle))
                .findFirst()
                .orElseThrow();
        var file = (dev.osie.build.tree.Node.RegularFile)
                part.unit().tree().get().get(bundle + "/" + name).orElseThrow();
        try (var in = file.content().open()) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The image's layers that a service's root is made of, lowest first. */
    private List<String> layersOf(Osie osie, String service) {
        String script = text(osie, "containers/services/" + service, "prepare");
        String lower = script.replaceAll("(?s).*lowerdir=([^,]*),.*", "$1");
        List<String> layers = new ArrayList<>(Stream.of(lower.split(":"))
                .filter(name -> name.matches("[0-9a-f]{16}"))
                .toList());
        Collections.reverse(layers);
        return layers;
    }

    private List<String> paths(Osie osie, String layer) {
        String prefix = "containers/layers/" + layer + "/";
        return entries(osie).keySet().stream()
                .filter(path -> path.startsWith(prefix))
                .map(path -> path.substring(prefix.length()))
                .toList();
    }
}
