package dev.osie.build.tree;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.failure.BuildException.Kind;
import dev.osie.build.store.Store;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that somebody made to do harm, or that a broken tool made, header by header. */
class HostileArchiveTest {
    private static final int BLOCK = 512;

    @TempDir
    private Path directory;

    private Store store;

    @BeforeEach
    void openStore() {
        store = Store.open(directory);
    }

    @Test
    void anAbsolutePathStaysInTheTree() {
        assertThat(read(file("/etc/passwd", "x")).tree().nodes()).containsOnlyKeys("etc", "etc/passwd");
    }

    @Test
    void aPathThatLeavesTheTreeIsRefused() {
        assertRefused(() -> read(file("a/../../etc/passwd", "x")), "leaves the tree");
    }

    @Test
    void aHardLinkThatLeavesTheTreeIsRefused() {
        assertRefused(() -> read(header("a", '1', "0", "../../etc/shadow")), "leaves the tree");
    }

    @Test
    void aHardLinkToNothingIsRefused() {
        assertRefused(() -> read(header("a", '1', "0", "b")), "hard link 'a' leads to 'b'");
    }

    @Test
    void aHardLinkToAHardLinkLeadsToTheFile() {
        Layer layer = read(file("a", "x"), header("b", '1', "0", "a"), header("c", '1', "0", "b"));

        assertThat(layer.tree().get("c")).contains(new Node.HardLink("a"));
    }

    @Test
    void aHardLinkToItselfIsRefused() {
        assertRefused(() -> read(header("a", '1', "0", "a")), "hard link 'a'");
    }

    @Test
    void aFileBelowASymbolicLinkOfTheSameArchiveIsRefused() {
        assertRefused(
                () -> read(header("a", '2', "0", "/etc"), file("a/passwd", "x")), "'a', which is not a directory");
    }

    @Test
    void aSymbolicLinkThatLeavesTheTreeIsOnlyAText() {
        Layer lower = read(header("a", '2', "0", "../../../etc"));
        Layer upper = read(file("a/passwd", "x"));

        assertThat(LayerFlattener.flatten(List.of(lower, upper)).nodes()).containsKey("a/passwd");
    }

    @Test
    void aSizeBeyondTheArchiveIsRefused() {
        assertRefused(() -> read(header("a", '0', "77777777777", "")), "not a readable tar archive");
    }

    @Test
    void aNegativeSizeIsRefused() {
        byte[] header = header("a", '0', "0", "");
        Arrays.fill(header, 124, 136, (byte) 0xff);
        assertRefused(() -> read(sum(header)), "not a readable tar archive");
    }

    @Test
    void aSizeThatIsNoNumberIsRefused() {
        assertRefused(() -> read(header("a", '0', "-1", "")), "not a readable tar archive");
    }

    @Test
    void aDamagedHeaderIsRefused() {
        byte[] header = file("a", "x");
        header[0] = 'b';
        assertRefused(() -> read(header), "is damaged");
    }

    @Test
    void anUnknownTypeIsRefused() {
        assertRefused(() -> read(header("a", 'M', "0", "")), "'a' has the unknown type 'M'");
    }

    @Test
    void aDeviceNumberThatTheKernelDoesNotHaveIsRefused() {
        byte[] header = header("dev/x", '3', "0", "");
        System.arraycopy("7777777".getBytes(US_ASCII), 0, header, 329, 7);
        assertRefused(() -> read(sum(header)), "the device 2097151:0 of 'dev/x' is out of range");
    }

    @Test
    void aGlobalHeaderIsNoEntry() {
        String record = "52 comment=0123456789abcdef0123456789abcdef01234567\n";
        byte[] global = withData(header("pax_global_header", 'g', Integer.toOctalString(record.length()), ""), record);

        assertThat(read(global, file("a", "x")).tree().nodes()).containsOnlyKeys("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {".wh.", "a/.wh.", "a/.wh..", ".wh..."})
    void aWhiteoutOfNothingIsRefused(String path) {
        assertRefused(() -> read(file(path, "")), "the whiteout '" + path + "' names no file");
    }

    @Test
    void anArchiveShorterThanAHeaderIsRefused() {
        assertRefused(
                () -> TarLayer.read(
                        store, store.put(new byte[] {0x1f, (byte) 0x8b, 8}).digest()),
                "less than one header");
    }

    @Test
    void anArchiveThatEndsWithinAFileIsRefused() {
        byte[] whole = file("a", "x".repeat(2000));
        assertRefused(
                () -> TarLayer.read(
                        store, store.put(Arrays.copyOf(whole, BLOCK + 700)).digest()),
                "tar archive");
    }

    private Layer read(byte[]... entries) {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        for (byte[] entry : entries) {
            archive.writeBytes(entry);
        }
        archive.writeBytes(new byte[2 * BLOCK]);
        return TarLayer.read(store, store.put(archive.toByteArray()).digest());
    }

    private static byte[] file(String path, String text) {
        return withData(header(path, '0', Integer.toOctalString(text.length()), ""), text);
    }

    private static byte[] withData(byte[] header, String text) {
        byte[] entry = Arrays.copyOf(header, BLOCK + (text.length() + BLOCK - 1) / BLOCK * BLOCK);
        System.arraycopy(text.getBytes(UTF_8), 0, entry, BLOCK, text.length());
        return entry;
    }

    private static byte[] header(String path, char type, String size, String link) {
        byte[] header = new byte[BLOCK];
        put(header, 0, path);
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, size);
        put(header, 136, "00000000000");
        header[156] = (byte) type;
        put(header, 157, link);
        put(header, 257, "ustar\00000");
        put(header, 329, "0000000");
        put(header, 337, "0000000");
        return sum(header);
    }

    private static byte[] sum(byte[] header) {
        put(header, 148, "        ");
        int sum = 0;
        for (byte value : header) {
            sum += value & 0xff;
        }
        put(header, 148, String.format("%06o", sum) + "\0 ");
        return header;
    }

    private static void put(byte[] header, int offset, String text) {
        System.arraycopy(text.getBytes(US_ASCII), 0, header, offset, text.length());
    }

    private static void assertRefused(ThrowingCallable work, String message) {
        assertThatThrownBy(work)
                .isInstanceOf(BuildException.class)
                .hasMessageContaining(message)
                .extracting(failure -> ((BuildException) failure).kind())
                .isEqualTo(Kind.BAD_INPUT);
    }
}
