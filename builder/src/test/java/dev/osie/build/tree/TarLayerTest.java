package dev.osie.build.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarLayerTest {
    private static final Attributes PLAIN = Attributes.root(0644, 1_700_000_000);

    @TempDir
    Path directory;

    private Store store;

    @BeforeEach
    void openStore() {
        store = Store.open(directory);
    }

    @Test
    void readsBackEveryKindOfNode() throws IOException {
        TreeMap<String, String> xattrs = new TreeMap<>();
        xattrs.put("security.capability", "0100000200040000");
        Tree tree = new Tree.Builder()
                .put("bin", new Node.Symlink(Attributes.root(0777, 1), "usr/bin"))
                .put("dev/null", new Node.Device(Attributes.root(0666, 1), Node.Device.Kind.CHARACTER, 1, 3))
                .put("dev/sda", new Node.Device(Attributes.root(0660, 1), Node.Device.Kind.BLOCK, 8, 0))
                .put("run/pipe", new Node.Fifo(Attributes.root(0600, 1)))
                .put("usr/bin/sudo", file(PLAIN.withMode(04755).withOwner(0, 3_000_000), "setuid"))
                .put("usr/bin/sudoedit", new Node.HardLink("usr/bin/sudo"))
                .put("usr/bin/ping", file(new Attributes(0755, 0, 0, 1, xattrs), "ping"))
                .put("tmp", new Node.Directory(Attributes.root(01777, 5)))
                .put("usr/share/" + "long/".repeat(40) + "näme", file(PLAIN, ""))
                .build(0);

        Layer layer = TarLayer.read(store, write(tree).digest());

        assertThat(layer.isPlain()).isTrue();
        assertThat(layer.tree().nodes().keySet())
                .containsExactlyElementsOf(tree.nodes().keySet());
        tree.nodes().forEach((path, node) -> {
            Node read = layer.tree().nodes().get(path);
            if (node instanceof Node.RegularFile file) {
                assertThat(((Node.RegularFile) read).attributes()).as(path).isEqualTo(file.attributes());
                assertThat(text(read)).isEqualTo(text(node));
            } else {
                assertThat(read).as(path).isEqualTo(node);
            }
        });
    }

    @Test
    void keepsAttributesWhoseBytesAreNoText() throws IOException {
        TreeMap<String, String> xattrs = new TreeMap<>();
        xattrs.put("security.capability", "0100000280ff00000000000000000000000a3d20");
        xattrs.put("user.text", "c3a4");
        String longPath = "usr/share/" + "long/".repeat(40) + "n\u00e4me";
        Attributes attributes = new Attributes(04755, 3_000_000, 7, 1_700_000_000, xattrs);
        Tree tree = new Tree.Builder()
                .put(longPath, file(attributes, "long"))
                .put("usr/short", file(attributes, "short"))
                .put("usr/zlast", file(PLAIN, "after it"))
                .build(0);

        Tree read = TarLayer.read(store, write(tree).digest()).tree();

        assertThat(((Node.RegularFile) read.nodes().get(longPath)).attributes()).isEqualTo(attributes);
        assertThat(((Node.RegularFile) read.nodes().get("usr/short")).attributes())
                .isEqualTo(attributes);
        assertThat(((Node.RegularFile) read.nodes().get("usr/zlast")).attributes())
                .isEqualTo(PLAIN);
        assertThat(text(read.nodes().get(longPath))).isEqualTo("long");
    }

    @Test
    void putsTheContentBeforeTheLinksToIt() throws IOException {
        Tree tree = new Tree.Builder()
                .put("a", new Node.HardLink("z"))
                .put("m", new Node.HardLink("z"))
                .put("z", file(PLAIN, "content"))
                .build(0);

        Tree read = TarLayer.read(store, write(tree).digest()).tree();

        assertThat(text(read.nodes().get("a"))).isEqualTo("content");
        assertThat(read.get("m")).contains(new Node.HardLink("a"));
        assertThat(read.get("z")).contains(new Node.HardLink("a"));
    }

    @Test
    void equalTreesGiveEqualBytesWhateverTheOrderTheyWereBuiltIn() {
        Tree one = new Tree.Builder()
                .put("a", file(PLAIN, "1"))
                .put("b/c", file(PLAIN, "2"))
                .build(9);
        Tree other = new Tree.Builder()
                .put("b/c", file(PLAIN, "2"))
                .put("a", file(PLAIN, "1"))
                .build(9);

        assertThat(write(one)).isEqualTo(write(other));
    }

    @Test
    void tellsWhiteoutsFromFiles() throws IOException {
        Blob blob = rawTar("a/.wh.gone", "b/.wh..wh..opq", "b/new");

        Layer layer = TarLayer.read(store, blob.digest());

        assertThat(layer.whiteouts()).containsExactly("a/gone");
        assertThat(layer.opaques()).containsExactly("b");
        assertThat(layer.tree().nodes()).containsOnlyKeys("b", "b/new");
        assertThat(layer.isPlain()).isFalse();
    }

    @Test
    void rejectsAnArchiveThatEscapes() throws IOException {
        Blob blob = rawTar("../../etc/passwd");

        assertThatThrownBy(() -> TarLayer.read(store, blob.digest()))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("leaves the tree");
    }

    @Test
    void findsALayerThatWasAlteredInTheStore() throws IOException {
        Blob blob = write(new Tree.Builder().put("a", file(PLAIN, "honest")).build(0));
        byte[] bytes = Files.readAllBytes(store.path(blob.digest()));
        bytes[512] = 'H';
        Files.write(store.path(blob.digest()), bytes);

        assertThatThrownBy(() -> TarLayer.read(store, blob.digest()))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("was altered");
    }

    @Test
    void impliedDirectoriesStayImplied() {
        Tree tree = new Tree.Builder()
                .put("tmp/x", file(PLAIN, "x"))
                .put("srv", new Node.Directory(Attributes.root(0755, 0)))
                .build(3);

        Tree read = TarLayer.read(store, write(tree).digest()).tree();

        assertThat(read.isImplied("tmp")).isTrue();
        assertThat(read.isImplied("srv")).isFalse();
    }

    @Test
    void rejectsWhatIsNoArchive() {
        Blob blob = store.put(
                "this is not a tar archive, however long it is".repeat(100).getBytes(UTF_8));

        assertThatThrownBy(() -> TarLayer.read(store, blob.digest())).isInstanceOf(BuildException.class);
    }

    private Blob write(Tree tree) {
        return store.write(out -> TarLayer.write(tree, out));
    }

    private Blob rawTar(String... names) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (String name : names) {
                tar.putArchiveEntry(new TarArchiveEntry(name, true));
                tar.closeArchiveEntry();
            }
        }
        return store.put(bytes.toByteArray());
    }

    private static Node file(Attributes attributes, String text) {
        return new Node.RegularFile(attributes, Content.of(text));
    }

    private static String text(Node node) {
        try (InputStream in = ((Node.RegularFile) node).content().open()) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
