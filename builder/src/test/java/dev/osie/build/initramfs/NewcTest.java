package dev.osie.build.initramfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The newc format, byte by byte. */
class NewcTest {
    private static final int FILE = NewcHeader.REGULAR_FILE | 0644;

    private static NewcHeader file(String name, long size) {
        return new NewcHeader(1, FILE, 0, 0, 1, 0, size, 0, 0, name);
    }

    private static byte[] archive(String name, String content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        try (NewcWriter writer = new NewcWriter(out)) {
            writer.write(file(name, bytes.length), data -> data.write(bytes));
        }
        return out.toByteArray();
    }

    private static byte[] joined(byte[]... parts) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.write(part);
        }
        return out.toByteArray();
    }

    private static List<String> names(byte[] archives) throws IOException {
        NewcReader reader = new NewcReader(new ByteArrayInputStream(archives));
        List<String> names = new ArrayList<>();
        for (Optional<NewcHeader> header = reader.next(); header.isPresent(); header = reader.next()) {
            names.add(reader.archive() + ":" + header.get().name());
        }
        return names;
    }

    @Test
    void writesTheHeaderAsTheKernelReadsIt() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        NewcHeader header = new NewcHeader(0xab, 0100644, 1, 2, 3, 0x6553f100, 5, 0, 0, "a");
        try (NewcWriter writer = new NewcWriter(out)) {
            writer.write(header, data -> data.write("hello".getBytes(StandardCharsets.UTF_8)));
        }
        assertThat(out.toString(StandardCharsets.ISO_8859_1))
                .isEqualTo("070701" + "000000AB" + "000081A4" + "00000001" + "00000002" + "00000003" + "6553F100"
                        + "00000005" + "00000000" + "00000000" + "00000000" + "00000000" + "00000002" + "00000000"
                        + "a\0" + "hello\0\0\0"
                        + "070701" + "00000000".repeat(4) + "00000001" + "00000000".repeat(6) + "0000000B" + "00000000"
                        + "TRAILER!!!\0\0\0\0");
    }

    @Test
    void everyEntryBeginsAtAMultipleOfFour() throws IOException {
        for (int length = 1; length <= 9; length++) {
            byte[] archive = archive("n".repeat(length), "c".repeat(9 - length));
            assertThat(archive.length % 4).isZero();
            assertThat(names(archive)).containsExactly("0:" + "n".repeat(length));
        }
    }

    @Test
    void countsBytesNotCharactersOfAName() throws IOException {
        assertThat(names(archive("größe", "x"))).containsExactly("0:größe");
    }

    @Test
    void readsBackTheDataAndAllNumbers() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        NewcHeader device = new NewcHeader(
                0xffff_ffffL,
                NewcHeader.BLOCK_DEVICE | 07777,
                0xffff_fffeL,
                4,
                1,
                0xffff_ffffL,
                0,
                0xfff,
                0xfffff,
                "d");
        try (NewcWriter writer = new NewcWriter(out)) {
            writer.write(device);
            writer.write(file("f", 3), data -> data.write(new byte[] {1, 2, 3}));
        }
        NewcReader reader = new NewcReader(new ByteArrayInputStream(out.toByteArray()));
        assertThat(reader.next()).contains(device);
        assertThat(reader.next()).contains(file("f", 3));
        assertThat(reader.data()).containsExactly(1, 2, 3);
        assertThat(reader.next()).isEmpty();
    }

    @Test
    void readsArchivesThatFollowOneAnother() throws IOException {
        byte[] zeros = new byte[512];
        assertThat(names(joined(archive("a", "1"), archive("b", "22"), zeros, archive("c", ""), zeros)))
                .containsExactly("0:a", "1:b", "2:c");
        assertThat(names(new byte[0])).isEmpty();
    }

    @Test
    void refusesAnArchiveThatIsNotAligned() throws IOException {
        byte[] shifted = joined(archive("a", "1"), new byte[] {0}, archive("b", "2"));
        assertThatThrownBy(() -> names(shifted)).hasMessageContaining("multiple of four");
    }

    @Test
    void refusesDamagedArchives() throws IOException {
        refusesDamage("ends without TRAILER", archive -> archive.substring(0, 116));
        refusesDamage("middle of an entry", archive -> archive.substring(0, 100));
        refusesDamage("expected 070701", archive -> archive.replaceFirst("070701", "070702"));
        refusesDamage("not hexadecimal", archive -> archive.replaceFirst("000081A4", "0000 1A4"));
        refusesDamage("does not end with NUL", archive -> archive.replaceFirst("a\0", "aa"));
        refusesDamage("padding after an entry's data", archive -> archive.replaceFirst("1\0\0\0", "1\0x\0"));
        refusesDamage("expected 070701", archive -> archive + "junk" + "x".repeat(200));
        refusesDamage("a name has 0 bytes", archive -> archive.replaceFirst("00000002(0{8}a)", "00000000$1"));
        refusesDamage("a name has 4294967295 bytes", archive -> archive.replaceFirst("00000002(0{8}a)", "FFFFFFFF$1"));
    }

    private static String text(byte[] archive) {
        return new String(archive, StandardCharsets.ISO_8859_1);
    }

    private static void refusesDamage(String reason, UnaryOperator<String> damage) throws IOException {
        byte[] damaged = damage.apply(text(archive("a", "1"))).getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> names(damaged))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void refusesWhatTheFormatCannotHold() {
        refuses("less than 4 GiB", h -> with(h, "size", 1L << 32));
        refuses("the size -1", h -> with(h, "size", -1));
        refuses("the mtime 4294967296", h -> with(h, "mtime", 1L << 32));
        refuses("the mtime -1", h -> with(h, "mtime", -1));
        refuses("the inode 4294967296", h -> with(h, "inode", 1L << 32));
        refuses("the uid 4294967296", h -> with(h, "uid", 1L << 32));
        refuses("the major device number 4096", h -> with(h, "major", 4096));
        refuses("is empty", h -> file("", 0));
        refuses("NUL", h -> file("a\0b", 0));
        refuses("at most 4095", h -> file("ä".repeat(2048), 0));
        assertThat(file("a".repeat(4095), 0xffff_ffffL)).isNotNull();
    }

    private static void refuses(String reason, UnaryOperator<NewcHeader> change) {
        assertThatThrownBy(() -> change.apply(file("a", 0)))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining(reason);
    }

    private static NewcHeader with(NewcHeader header, String field, long value) {
        return new NewcHeader(
                field.equals("inode") ? value : header.inode(),
                header.mode(),
                field.equals("uid") ? value : header.uid(),
                header.gid(),
                header.links(),
                field.equals("mtime") ? value : header.mtime(),
                field.equals("size") ? value : header.size(),
                field.equals("major") ? (int) value : header.major(),
                header.minor(),
                header.name());
    }

    @Test
    void refusesDataOfAnotherSizeThanAnnounced() {
        NewcWriter writer = new NewcWriter(new ByteArrayOutputStream());
        assertThatThrownBy(() -> writer.write(file("a", 3), data -> data.write(new byte[2])))
                .isInstanceOf(IOException.class)
                .hasMessage("a was to have 3 bytes, but it has only 2");
        assertThatThrownBy(() -> writer.write(file("a", 3), data -> data.write(new byte[4])))
                .isInstanceOf(IOException.class)
                .hasMessage("a was to have 3 bytes, but it has more");
    }
}
