package dev.osie.build.tree;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Pax records whose values are bytes rather than text (POSIX.1-2017, pax, "pax Extended Header"). The tar library takes and gives text,
 * and would change a byte that is no UTF-8; half of all file capabilities have one.
 */
public final class PaxRecords {
    private static final int BLOCK = 512;
    private static final int NAME = 100;
    private static final int TYPE_AT = 156;
    private static final int SIZE_AT = 124;
    private static final int SIZE_LENGTH = 12;
    private static final long LARGEST_ID = 07777777;
    private static final long LARGEST_SIZE = 077777777777L;
    /** As much as all extended attributes of a file come to, and more. */
    private static final long LARGEST_RECORDS = 1 << 20;

    private PaxRecords() {}

    /** Whether the library can write the bytes: those of a text. */
    public static boolean isText(byte[] value) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /** Begins an entry, as the archive's {@code putArchiveEntry} does, with further records. */
    public static void put(TarArchiveOutputStream tar, TarArchiveEntry entry, SortedMap<String, byte[]> more)
            throws IOException {
        byte[] records = records(entry, more);
        String name = "./PaxHeaders.X/" + entry.getName().replaceAll("[^\\x21-\\x7e]", "_");
        TarArchiveEntry header = new TarArchiveEntry(
                name.substring(0, Math.min(name.length(), NAME - 1)), TarConstants.LF_PAX_EXTENDED_HEADER_LC);
        header.setLastModifiedTime(entry.getLastModifiedTime());
        header.setSize(records.length);
        tar.putArchiveEntry(header);
        tar.write(records);
        tar.closeArchiveEntry();
        // Of two headers in a row most programs read the second alone, so the library must not add one.
        entry.clearExtraPaxHeaders();
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_TRUNCATE);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
        tar.setAddPaxHeadersForNonAsciiNames(false);
        tar.putArchiveEntry(entry);
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
    }

    private static byte[] records(TarArchiveEntry entry, SortedMap<String, byte[]> more) {
        SortedMap<String, byte[]> all = new TreeMap<>(more);
        entry.getExtraPaxHeaders().forEach((key, value) -> all.put(key, bytes(value)));
        putName(all, "path", entry.getName());
        putName(all, "linkpath", entry.getLinkName());
        putNumber(all, "uid", entry.getLongUserId(), LARGEST_ID);
        putNumber(all, "gid", entry.getLongGroupId(), LARGEST_ID);
        putNumber(all, "size", entry.getSize(), LARGEST_SIZE);
        putNumber(all, "mtime", entry.getLastModifiedTime().toInstant().getEpochSecond(), LARGEST_SIZE);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        all.forEach((key, value) -> {
            byte[] name = bytes(key);
            int rest = name.length + value.length + 3; // a space, an equals sign, and the end of the line
            int length = rest + Integer.toString(rest).length();
            length = rest + Integer.toString(length).length();
            out.writeBytes(bytes(length + " "));
            out.writeBytes(name);
            out.write('=');
            out.writeBytes(value);
            out.write('\n');
        });
        return out.toByteArray();
    }

    private static void putName(Map<String, byte[]> records, String key, String name) {
        boolean ascii = name.chars().allMatch(c -> c < 0x80);
        if (!ascii || name.length() >= NAME) {
            records.put(key, bytes(name));
        }
    }

    private static void putNumber(Map<String, byte[]> records, String key, long number, long largest) {
        if (number < 0 || number > largest) {
            records.put(key, bytes(Long.toString(number)));
        }
    }

    /**
     * The records of an entry, with their values as they are.
     *
     * @param from where the extended headers of the entry begin
     * @param to where the entry's own header begins
     */
    static Map<String, byte[]> read(Path archive, long from, long to) throws IOException {
        Map<String, byte[]> records = new TreeMap<>();
        try (RandomAccessFile file = new RandomAccessFile(archive.toFile(), "r")) {
            byte[] header = new byte[BLOCK];
            for (long at = from; at + BLOCK <= to; ) {
                file.seek(at);
                file.readFully(header);
                long size = size(header);
                boolean local = header[TYPE_AT] == TarConstants.LF_PAX_EXTENDED_HEADER_LC;
                if (local && size <= Math.min(LARGEST_RECORDS, to - at - BLOCK)) {
                    byte[] text = new byte[(int) size];
                    file.readFully(text);
                    parse(text, records);
                }
                at += BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
            }
        }
        return records;
    }

    private static long size(byte[] header) throws IOException {
        String digits = new String(header, SIZE_AT, SIZE_LENGTH, StandardCharsets.US_ASCII)
                .replace('\0', ' ')
                .strip();
        try {
            return digits.isEmpty() ? 0 : Long.parseUnsignedLong(digits, 8);
        } catch (NumberFormatException e) {
            throw new IOException("an extended header has the size '" + digits + "'", e);
        }
    }

    private static void parse(byte[] text, Map<String, byte[]> records) throws IOException {
        int at = 0;
        while (at < text.length) {
            int space = indexOf(text, ' ', at);
            int length = number(text, at, space);
            int equals = indexOf(text, '=', space);
            if (length <= equals - at || length > text.length - at) {
                throw new IOException("an extended header has a record of " + length + " bytes");
            }
            byte[] value = new byte[at + length - 1 - equals - 1];
            System.arraycopy(text, equals + 1, value, 0, value.length);
            records.put(new String(text, space + 1, equals - space - 1, StandardCharsets.UTF_8), value);
            at += length;
        }
    }

    private static int number(byte[] text, int from, int to) throws IOException {
        String digits = new String(text, from, to - from, StandardCharsets.US_ASCII);
        if (!digits.matches("[0-9]{1,7}")) {
            throw new IOException("an extended header has a record of the length '" + digits + "'");
        }
        return Integer.parseInt(digits);
    }

    private static int indexOf(byte[] text, char wanted, int from) throws IOException {
        for (int i = from; i < text.length; i++) {
            if (text[i] == wanted) {
                return i;
            }
        }
        throw new IOException("an extended header ends within a record");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
