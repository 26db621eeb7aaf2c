package dev.osie.build.initramfs;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads newc archives that follow one another, as the kernel does, but strictly: what the kernel would pass over in silence is an error
 * here. Zeros between archives are skipped; whatever else follows a trailer must be the next archive, at a multiple of four.
 */
public final class NewcReader {
    private final InputStream in;
    private long position;
    private long dataLeft;
    private int padding;
    private int archive;
    private boolean atStart = true;

    public NewcReader(InputStream in) {
        this.in = in;
    }

    /** Counts the archives from 0: the one that the last entry belongs to. */
    public int archive() {
        return archive;
    }

    /** The next entry, past trailers; empty at the end of the input. */
    public Optional<NewcHeader> next() throws IOException {
        finishEntry();
        while (true) {
            Optional<NewcHeader> header = header();
            if (header.isEmpty() || !header.get().name().equals(NewcHeader.TRAILER)) {
                return header;
            }
            atStart = true;
            archive++;
        }
    }

    /** The data of the last entry, all of it. */
    public byte[] data() throws IOException {
        if (dataLeft > Integer.MAX_VALUE - 8) {
            throw badInput("an entry of " + dataLeft + " bytes is too large to be read at once");
        }
        byte[] data = take((int) dataLeft);
        dataLeft = 0;
        return data;
    }

    private void finishEntry() throws IOException {
        in.skipNBytes(dataLeft);
        position += dataLeft;
        dataLeft = 0;
        requireZeros(take(padding), "after an entry's data");
        padding = 0;
    }

    private Optional<NewcHeader> header() throws IOException {
        int first = atStart ? skipZeros() : in.read();
        if (first < 0) {
            if (!atStart) {
                throw damaged("the archive ends without " + NewcHeader.TRAILER);
            }
            return Optional.empty();
        }
        long start = position;
        if (start % 4 != 0) {
            throw damaged("an uncompressed archive begins at an offset that is not a multiple of four");
        }
        atStart = false;
        byte[] fixed = new byte[NewcHeader.FIXED_LENGTH];
        fixed[0] = (byte) first;
        position++;
        System.arraycopy(take(fixed.length - 1), 0, fixed, 1, fixed.length - 1);
        Fields fields = new Fields(fixed);
        if (!fields.magic().equals(NewcHeader.MAGIC)) {
            throw damaged("expected " + NewcHeader.MAGIC + ", found '" + fields.magic() + "'");
        }
        String name = name(fields.number(11));
        if (fields.number(7) != 0 || fields.number(8) != 0 || fields.number(12) != 0) {
            throw damaged(name + " has a device number or a checksum, which " + NewcHeader.MAGIC + " doesn't use here");
        }
        NewcHeader header = new NewcHeader(
                fields.number(0),
                fields.small(1),
                fields.number(2),
                fields.number(3),
                fields.number(4),
                fields.number(5),
                fields.number(6),
                fields.small(9),
                fields.small(10),
                name);
        dataLeft = header.size();
        padding = (int) (NewcHeader.padded(header.size()) - header.size());
        return Optional.of(header);
    }

    private String name(long length) throws IOException {
        if (length < 2 || length > NewcHeader.LONGEST_NAME) {
            throw damaged("a name has " + length + " bytes: expected 2 to " + NewcHeader.LONGEST_NAME);
        }
        byte[] bytes = take((int) length);
        if (bytes[bytes.length - 1] != 0) {
            throw damaged("a name does not end with NUL");
        }
        int fixedAndName = NewcHeader.FIXED_LENGTH + (int) length;
        requireZeros(take(NewcHeader.padded(fixedAndName) - fixedAndName), "after a name");
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, bytes.length - 1))
                    .toString();
        } catch (CharacterCodingException e) {
            throw damaged("a name is not UTF-8");
        }
    }

    private int skipZeros() throws IOException {
        int b = in.read();
        while (b == 0) {
            position++;
            b = in.read();
        }
        return b;
    }

    private byte[] take(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        position += bytes.length;
        if (bytes.length < count) {
            throw damaged("the archive ends in the middle of an entry");
        }
        return bytes;
    }

    private void requireZeros(byte[] bytes, String where) {
        for (byte b : bytes) {
            if (b != 0) {
                throw damaged("the padding " + where + " is not zero");
            }
        }
    }

    private BuildException damaged(String what) {
        return badInput("not a newc archive at byte " + position + ": " + what);
    }

    /** The thirteen numbers of a header. */
    private final class Fields {
        private final byte[] fixed;

        Fields(byte[] fixed) {
            this.fixed = fixed;
        }

        String magic() {
            return new String(fixed, 0, NewcHeader.MAGIC.length(), StandardCharsets.ISO_8859_1);
        }

        long number(int index) {
            long value = 0;
            for (int i = 0; i < 8; i++) {
                int digit = Character.digit(fixed[NewcHeader.MAGIC.length() + 8 * index + i], 16);
                if (digit < 0) {
                    throw damaged("a header has a digit that is not hexadecimal");
                }
                value = value << 4 | digit;
            }
            return value;
        }

        int small(int index) {
            long value = number(index);
            if (value > Integer.MAX_VALUE) {
                throw damaged("a mode or device number is " + value);
            }
            return (int) value;
        }
    }
}
