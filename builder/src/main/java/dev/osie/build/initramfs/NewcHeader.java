package dev.osie.build.initramfs;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.tree.Attributes;
import java.nio.charset.StandardCharsets;

/**
 * The header of an entry of a newc archive ({@code cpio -H newc}; Linux, "Documentation/driver-api/early-userspace/buffer-format.rst").
 * Every number of the format has eight hexadecimal digits; a value that doesn't fit is refused, never cut.
 *
 * @param inode ties the names of a file together, within one archive
 * @param mode type and permission bits, as {@code st_mode} has them
 * @param uid numeric owner
 * @param gid numeric group
 * @param links number of names; the kernel looks for an earlier name only when it is two or more
 * @param mtime seconds since 1970-01-01T00:00:00Z
 * @param size of the data that follows, in bytes: a file's content or a symbolic link's target
 * @param major of a device
 * @param minor of a device
 * @param name path without a leading slash; {@code .} is the root
 */
public record NewcHeader(
        long inode,
        int mode,
        long uid,
        long gid,
        long links,
        long mtime,
        long size,
        int major,
        int minor,
        String name) {
    /** The name of the entry that ends an archive. */
    public static final String TRAILER = "TRAILER!!!";

    static final String MAGIC = "070701";
    static final int FIXED_LENGTH = 110;
    /** The kernel's PATH_MAX: longer names and targets are skipped without a word. The name's terminating NUL counts. */
    static final int LONGEST_NAME = 4096;

    static final int TYPE_BITS = 0170000;
    static final int FIFO = 0010000;
    static final int CHARACTER_DEVICE = 0020000;
    static final int DIRECTORY = 0040000;
    static final int BLOCK_DEVICE = 0060000;
    static final int REGULAR_FILE = 0100000;
    static final int SYMLINK = 0120000;

    private static final long GREATEST = 0xffff_ffffL;
    private static final String DIGITS = "0123456789ABCDEF";

    public NewcHeader {
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw badInput("'" + name.replace('\0', '?') + "' cannot be a name in a cpio archive: it "
                    + (name.isEmpty() ? "is empty" : "contains a NUL character"));
        }
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length >= LONGEST_NAME) {
            throw badInput("the path '" + name.substring(0, 40) + "…' has " + length
                    + " bytes: the kernel unpacks paths of at most " + (LONGEST_NAME - 1));
        }
        if (size > GREATEST) {
            throw badInput(name + " has " + size
                            + " bytes: a cpio archive, and so an initramfs, holds files of less than 4 GiB")
                    .hint("Perhaps fetch it when the machine runs, or split it.");
        }
        inRange(name, "inode", inode, GREATEST);
        inRange(name, "mode", mode, 0177777);
        inRange(name, "uid", uid, GREATEST);
        inRange(name, "gid", gid, GREATEST);
        inRange(name, "link count", links, GREATEST);
        inRange(name, "mtime", mtime, GREATEST);
        inRange(name, "size", size, GREATEST);
        inRange(name, "major device number", major, 0xfff);
        inRange(name, "minor device number", minor, 0xfffff);
    }

    /**
     * The header of an entry.
     *
     * @param names of the file
     * @param size of the data that follows, which only one of the names has
     */
    static NewcHeader of(Entry entry, long inode, long names, long size) {
        Attributes attributes = entry.attributes();
        Entry.Device device = entry.kind() instanceof Entry.Device found ? found : new Entry.Device(false, 0, 0);
        return new NewcHeader(
                inode,
                type(entry.kind()) | attributes.mode(),
                attributes.uid(),
                attributes.gid(),
                entry.kind() instanceof Entry.Directory ? 2 : names,
                attributes.mtime(),
                size,
                device.major(),
                device.minor(),
                entry.path().isEmpty() ? "." : entry.path());
    }

    private static int type(Entry.Kind kind) {
        if (kind instanceof Entry.Directory) {
            return DIRECTORY;
        } else if (kind instanceof Entry.RegularFile) {
            return REGULAR_FILE;
        } else if (kind instanceof Entry.Symlink) {
            return SYMLINK;
        } else if (kind instanceof Entry.Device device) {
            return device.block() ? BLOCK_DEVICE : CHARACTER_DEVICE;
        }
        return FIFO;
    }

    static NewcHeader trailer() {
        return new NewcHeader(0, 0, 0, 0, 1, 0, 0, 0, 0, TRAILER);
    }

    private static void inRange(String name, String field, long value, long greatest) {
        if (value < 0 || value > greatest) {
            throw badInput(name + " has the " + field + " " + value
                    + ", which a cpio archive cannot hold: expected 0 to " + greatest);
        }
    }

    /** The bytes before the data: header, name, NUL, and zeros up to a multiple of four. */
    byte[] encode() {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        byte[] encoded = new byte[padded(FIXED_LENGTH + nameBytes.length + 1)];
        System.arraycopy(MAGIC.getBytes(StandardCharsets.US_ASCII), 0, encoded, 0, MAGIC.length());
        long[] numbers = {inode, mode, uid, gid, links, mtime, size, 0, 0, major, minor, nameBytes.length + 1, 0};
        for (int i = 0; i < numbers.length; i++) {
            putHexadecimal(encoded, MAGIC.length() + 8 * i, numbers[i]);
        }
        System.arraycopy(nameBytes, 0, encoded, FIXED_LENGTH, nameBytes.length);
        return encoded;
    }

    private static void putHexadecimal(byte[] to, int offset, long value) {
        for (int digit = 0; digit < 8; digit++) {
            to[offset + digit] = (byte) DIGITS.charAt((int) (value >> 4 * (7 - digit)) & 0xf);
        }
    }

    /** The bytes that the entry takes in an archive, data and padding included. */
    long encodedSize() {
        int nameLength = name.getBytes(StandardCharsets.UTF_8).length + 1;
        return padded(FIXED_LENGTH + nameLength) + padded(size);
    }

    boolean isA(int type) {
        return (mode & TYPE_BITS) == type;
    }

    static int padded(int length) {
        return (length + 3) & ~3;
    }

    static long padded(long length) {
        return (length + 3) & ~3L;
    }
}
