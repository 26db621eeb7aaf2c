package dev.osie.build.assemble;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.assemble.StoredImages.Layer;
import dev.osie.build.compose.CompositionRequest;
import dev.osie.build.failure.BuildException;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.initramfs.Entry;
import dev.osie.build.initramfs.Segment;
import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.runtime.ImageLayout;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void whatBelongsToTheMakerOfAnImageIsDropped() throws IOException {
        images.put(
                "i:1",
                new Layer()
                        .file("bin/app", 0755, "app")
                        .file("etc/hostname", 0644, "buildkit")
                        .file(".dockerenv", 0644, ""));
        Osie osie = build(SERVICE + "init: [\"i:1\"]\n");

        assertThat(entries(osie).keySet())
                .noneMatch(path -> path.endsWith("etc/hostname") || path.endsWith(".dockerenv"));
        assertThat(entries(osie))
                .containsKeys(
                        "bin/app", "containers/layers/" + layersOf(osie, "s").get(0) + "/bin/app");
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

        assertThat(new String(store.readAllBytes(osie.vmlinuz().digest()), UTF_8))
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
                        ImageLayout.SHARED,
                        Optional.of(StoredImages.LATEST)));
    }

    private SortedMap<String, Entry> entries(Osie osie) {
        SortedMap<String, Entry> entries = new TreeMap<>();
        osie.initramfs()
                .segments()
                .forEach(segment -> segment.entries(store).forEach(entry -> entries.put(entry.path(), entry)));
        return entries;
    }

    /** The image's layers that a service's root is made of, lowest first. */
    private List<String> layersOf(Osie osie, String service) {
        Part bundle = osie.parts().stream()
                .filter(part -> part.unit().name().equals("containers/services/" + service))
                .findFirst()
                .orElseThrow();
        var script = (dev.osie.build.tree.Node.RegularFile) bundle.unit()
                .tree()
                .get()
                .get("containers/services/" + service + "/prepare")
                .orElseThrow();
        try (var in = script.content().open()) {
            String lower = new String(in.readAllBytes(), UTF_8).replaceAll("(?s).*lowerdir=([^,]*),.*", "$1");
            List<String> layers = new ArrayList<>(Stream.of(lower.split(":"))
                    .filter(name -> name.matches("[0-9a-f]{16}"))
                    .toList());
            Collections.reverse(layers);
            return layers;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> paths(Osie osie, String layer) {
        String prefix = "containers/layers/" + layer + "/";
        return entries(osie).keySet().stream()
                .filter(path -> path.startsWith(prefix))
                .map(path -> path.substring(prefix.length()))
                .toList();
    }
}
