package dev.osie.worker.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The plain files of an uncompressed tar archive (POSIX, pax, "ustar Interchange Format"), read where they lie. Paths have 100 characters at
 * most, and what isn't a plain file is passed over: the builder writes no other archives.
 */
final class TarFile implements AutoCloseable {
    private static final int BLOCK = 512;
    private static final int NAME_LENGTH = 100;
    private static final int SIZE = 124;
    private static final int SIZE_LENGTH = 12;
    private static final int CHECKSUM = 148;
    private static final int CHECKSUM_LENGTH = 8;
    private static final int TYPE = 156;
    private static final int ENTRIES = 100_000;

    private final FileChannel file;
    private final Map<String, Entry> entries = new HashMap<>();

    private record Entry(long start, long size) {}

    private TarFile(FileChannel file) {
        this.file = file;
    }

    /** @throws IOException when it can't be read, or isn't such an archive from its beginning to its end */
    static TarFile open(Path path) throws IOException {
        TarFile archive = new TarFile(FileChannel.open(path));
        try {
            archive.list();
        } catch (IOException e) {
            archive.close();
            throw e;
        }
        return archive;
    }

    private void list() throws IOException {
        long place = 0;
        for (int i = 0; i < ENTRIES; i++) {
            byte[] header = header(place);
            if (header[0] == 0) {
                return;
            }
            long size = number(header, SIZE, SIZE_LENGTH);
            if (number(header, CHECKSUM, CHECKSUM_LENGTH) != checksum(header)) {
                throw new IOException("it is no tar archive at " + place);
            }
            long start = place + BLOCK;
            if (size > file.size() - start) {
                throw new IOException("it is cut short");
            }
            if (header[TYPE] == '0' || header[TYPE] == 0) {
                entries.put(text(header, 0, NAME_LENGTH), new Entry(start, size));
            }
            place = start + (size + BLOCK - 1) / BLOCK * BLOCK;
        }
        throw new IOException("it has more than " + ENTRIES + " entries");
    }

    private byte[] header(long place) throws IOException {
        byte[] header = new byte[BLOCK];
        ByteBuffer buffer = ByteBuffer.wrap(header);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, place + buffer.position()) < 0) {
                throw new IOException("it is cut short");
            }
        }
        return header;
    }

    /** Of all bytes of a header, with blanks in place of the checksum. */
    private static long checksum(byte[] header) {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            boolean own = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_LENGTH;
            sum += own ? ' ' : header[i] & 0xff;
        }
        return sum;
    }

    /** An octal number. */
    private static long number(byte[] header, int start, int length) throws IOException {
        String digits = text(header, start, length).strip();
        if (!digits.matches("[0-7]{1,12}")) {
            throw new IOException("it has a header that can't be read");
        }
        return Long.parseLong(digits, 8);
    }

    private static String text(byte[] header, int start, int length) {
        int end = start;
        while (end < start + length && header[end] != 0) {
            end++;
        }
        return new String(header, start, end - start, StandardCharsets.UTF_8);
    }

    /** The size of a file in bytes; empty when there is none of that path. */
    Optional<Long> size(String path) {
        return Optional.ofNullable(entries.get(path)).map(Entry::size);
    }

    /** Opens a file that is there at an offset. */
    InputStream open(String path, long offset) {
        Entry entry = entries.get(path);
        return new Part(entry.start() + offset, entry.start() + entry.size());
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** A stretch of the archive. */
    private final class Part extends InputStream {
        private final long end;
        private long place;

        Part(long start, long end) {
            this.place = start;
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (place >= end) {
                return -1;
            }
            int count = file.read(ByteBuffer.wrap(bytes, offset, (int) Math.min(length, end - place)), place);
            place += Math.max(count, 0);
            return count;
        }
    }
}
