package dev.osie.build.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DebReaderTest {
    @TempDir
    private Path directory;

    private Store store;
    private Scratch scratch;

    @BeforeEach
    void open() {
        store = Store.open(directory);
        scratch = store.scratch();
    }

    @AfterEach
    void close() {
        scratch.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {".xz", ".zst", ".gz", ""})
    void readsTheFilesOfAPackage(String compression) throws Exception {
        TarArchiveEntry su = new TarArchiveEntry("./usr/bin/su", TarConstants.LF_NORMAL, true);
        su.setMode(04755);
        su.setGroupId(42);
        su.setSize(3);
        String name = "a-long-name-".repeat(20);
        Tree tree = read(TestDeb.of("pkg", "1")
                .compression(compression)
                .file("usr/share/" + name, "content")
                .symlink("usr/bin/sh", "dash")
                .entry(su, "ELF".getBytes(StandardCharsets.US_ASCII))
                .bytes());

        assertThat(tree.nodes())
                .containsOnlyKeys("usr", "usr/bin", "usr/bin/sh", "usr/bin/su", "usr/share", "usr/share/" + name);
        assertThat(content(tree, "usr/share/" + name)).isEqualTo("content");
        assertThat(content(tree, "usr/bin/su")).isEqualTo("ELF");
        Attributes attributes = ((Node.RegularFile) tree.get("usr/bin/su").orElseThrow()).attributes();
        assertThat(attributes.mode()).isEqualTo(04755);
        assertThat(attributes.gid()).isEqualTo(42);
    }

    @Test
    void readsTheControlFile() {
        byte[] deb = TestDeb.of("tool", "1:2-3").field("Depends", "shared").bytes();
        BinaryPackage binary = new BinaryPackage(
                "tool", new DebianVersion("1:2-3"), "amd64", Archive.DEBIAN, "pool/tool.deb", store.put(deb));

        assertThat(new String(DebReader.control(store, binary), StandardCharsets.UTF_8))
                .startsWith("Package: tool\nVersion: 1:2-3\nArchitecture: amd64\nDepends: shared\n");
    }

    @Test
    void passesOverMembersThatBeginWithAnUnderscore() {
        Map<String, byte[]> members = members();
        members.put("data.tar", members.remove("data.tar"));
        Map<String, byte[]> more = new LinkedHashMap<>();
        members.forEach((name, content) -> {
            more.put(name, content);
            more.put("_" + name.charAt(0), new byte[3]);
        });

        assertThat(read(TestDeb.ar(more)).nodes()).isEmpty();
    }

    @Test
    void refusesAPathThatLeavesTheTree() {
        assertRefused(TestDeb.of("evil", "1").file("../../etc/passwd", "root").bytes(), "leaves the tree");
    }

    @Test
    void refusesAFileBelowALink() {
        assertRefused(
                TestDeb.of("evil", "1")
                        .symlink("usr", "/etc")
                        .file("usr/passwd", "root")
                        .bytes(),
                "which is not a directory");
    }

    @Test
    void refusesAHardLinkThatLeadsNowhere() {
        TarArchiveEntry link = new TarArchiveEntry("./usr/passwd", TarConstants.LF_LINK, true);
        link.setLinkName("/etc/passwd");

        assertRefused(TestDeb.of("evil", "1").entry(link, new byte[0]).bytes(), "leads to 'etc/passwd'");
    }

    @Test
    void refusesNamesThatMeanRemovalInAnImage() {
        assertRefused(TestDeb.of("evil", "1").file("etc/.wh.passwd", "").bytes(), ".wh.");
    }

    @Test
    void refusesFilesThatUnpackToMoreThanTheLimit() {
        Blob deb = store.put(
                TestDeb.of("bomb", "1").file("big", "0".repeat(1 << 20)).bytes());

        assertThatThrownBy(() -> DebReader.read(store, deb.digest(), "bomb", scratch, 1 << 20))
                .hasMessage("The package bomb cannot be read: its files unpack to more than 1048576 bytes");
    }

    @Test
    void refusesAPackageCutShortAnywhere() {
        byte[] whole =
                TestDeb.of("pkg", "1").file("usr/bin/x", "content".repeat(100)).bytes();

        for (int length = 0; length < whole.length - 2; length += 7) {
            assertRefused(Arrays.copyOf(whole, length), "");
        }
    }

    @Test
    void refusesWhatIsNoPackage() {
        assertRefused("<html>".repeat(100).getBytes(StandardCharsets.UTF_8), "");
        Map<String, byte[]> old = members();
        old.put("debian-binary", "3.0\n".getBytes(StandardCharsets.US_ASCII));
        assertRefused(TestDeb.ar(old), "its format is '3.0'");
        Map<String, byte[]> unknown = members();
        unknown.remove("data.tar");
        unknown.put("data.tar.lzma", new byte[10]);
        assertRefused(TestDeb.ar(unknown), "found 'data.tar.lzma'");
        Map<String, byte[]> reversed = new LinkedHashMap<>();
        reversed.put("data.tar", new byte[1024]);
        assertRefused(TestDeb.ar(reversed), "found 'data.tar' where debian-binary was expected");
    }

    @Test
    void survivesAnyByteBeingWrong() {
        byte[] whole = TestDeb.of("pkg", "1")
                .compression("")
                .file("usr/bin/x", "content")
                .bytes();

        for (int i = 0; i < Math.min(whole.length, 2000); i += 7) {
            byte[] damaged = whole.clone();
            damaged[i] ^= (byte) 0xff;
            try {
                read(damaged);
            } catch (BuildException e) {
                assertThat(e.kind()).isEqualTo(BuildException.Kind.BAD_INPUT);
            }
        }
    }

    @Test
    void doesNotBlameThePackageWhenTheDiskCannotBeWritten() {
        Blob deb = store.put(TestDeb.of("pkg", "1").bytes());
        Scratch gone = store.scratch();
        gone.close();

        assertThatThrownBy(() -> DebReader.read(store, deb.digest(), "pkg", gone))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.UNAVAILABLE));
    }

    @Test
    void noticesThatTheStoresCopyWasAltered() throws Exception {
        byte[] deb = TestDeb.of("pkg", "1").file("usr/bin/x", "content").bytes();
        Blob blob = store.put(deb);
        deb[24] ^= 1; // In the time stamp of the first member, where reading goes on undisturbed.
        Files.write(store.path(blob.digest()), deb);

        assertThatThrownBy(() -> DebReader.read(store, blob.digest(), "pkg", scratch))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.VERIFICATION));
    }

    private static Map<String, byte[]> members() {
        Map<String, byte[]> members = new LinkedHashMap<>();
        members.put("debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII));
        members.put("control.tar", new byte[1024]);
        members.put("data.tar", new byte[1024]);
        return members;
    }

    private void assertRefused(byte[] deb, String reason) {
        assertThatThrownBy(() -> read(deb))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.BAD_INPUT))
                .hasMessageStartingWith("The package pkg 1 (amd64) cannot be read: ")
                .hasMessageContaining(reason);
    }

    private Tree read(byte[] deb) {
        return DebReader.read(store, store.put(deb).digest(), "pkg 1 (amd64)", scratch);
    }

    private static String content(Tree tree, String path) throws Exception {
        return new String(
                ((Node.RegularFile) tree.get(path).orElseThrow())
                        .content()
                        .open()
                        .readAllBytes(),
                StandardCharsets.UTF_8);
    }
}
