package dev.osie.build.cache;

import static dev.osie.build.failure.BuildException.badInput;

import java.nio.charset.StandardCharsets;

/**
 * The header of an entry in a tar archive (POSIX ustar), of the plain files and directories that an exported store consists of. Everything
 * else that tar can say, such as links, sparse files and extended headers, is refused.
 *
 * @param size of the content, in bytes
 */
record TarHeader(String path, boolean directory, long size) {
    static final int BLOCK = 512;

    private static final int SIZE_OFFSET = 124;
    private static final int SIZE_LENGTH = 12;
    private static final int SUM_OFFSET = 148;
    private static final int SUM_LENGTH = 8;
    private static final int TYPE_OFFSET = 156;
    private static final int MAGIC_OFFSET = 257;
    private static final int PREFIX_OFFSET = 345;
    private static final int NAME_LENGTH = 100;

    /** Reads a block of {@link #BLOCK} bytes. */
    static TarHeader read(byte[] block) {
        if (!text(block, MAGIC_OFFSET, 5).equals("ustar") || number(block, SUM_OFFSET, SUM_LENGTH) != sum(block)) {
            throw badInput("a header of the archive is damaged, or is none");
        }
        String path = text(block, 0, NAME_LENGTH);
        char type = (char) block[TYPE_OFFSET];
        boolean plain = type == '0' || type == 0;
        if (!plain && type != '5' || block[PREFIX_OFFSET] != 0) {
            throw badInput(
                    "the entry '" + printable(path) + "' is neither a plain file nor a directory, or has a long name");
        }
        long size = number(block, SIZE_OFFSET, SIZE_LENGTH);
        if (type == '5' && size != 0) {
            throw badInput("the directory '" + printable(path) + "' has a size");
        }
        return new TarHeader(path, type == '5', size);
    }

    private static String text(byte[] block, int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return new String(block, offset, end - offset, StandardCharsets.ISO_8859_1);
    }

    private static long number(byte[] block, int offset, int length) {
        String digits = text(block, offset, length).strip();
        if (!digits.matches("[0-7]{1,11}")) {
            throw badInput("a header of the archive is damaged: '" + printable(digits) + "' is no octal number");
        }
        return Long.parseLong(digits, 8);
    }

    /** The sum of all bytes, those of the sum itself counting as blanks. */
    private static long sum(byte[] block) {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            boolean own = i >= SUM_OFFSET && i < SUM_OFFSET + SUM_LENGTH;
            sum += own ? ' ' : block[i] & 0xff;
        }
        return sum;
    }

    static String printable(String text) {
        return text.replaceAll("[^ -~]", "?");
    }
}
