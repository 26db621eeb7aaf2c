package dev.osie.build.vm;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.unavailable;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Raw disk images: what the machine reads and writes, byte for byte, taking room only for what was written. */
public final class DiskImage {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})([MGT])");
    private static final Map<String, Integer> SHIFTS = Map.of("M", 20, "G", 30, "T", 40);

    private DiskImage() {}

    /** The number of bytes of a size such as {@code 512M}, {@code 8G} or {@code 2T}. */
    public static long bytes(String size) {
        Matcher matcher = SIZE.matcher(size);
        if (!matcher.matches()) {
            throw badInput("'" + size + "' is not the size of a disk: expected a number and M, G or T, such as 8G");
        }
        return Long.parseLong(matcher.group(1)) << SHIFTS.get(matcher.group(2));
    }

    /** Makes an empty disk of that many bytes, unless the file is there: then it is the disk as the last machine left it. */
    public static void createIfMissing(Path file, long bytes) {
        if (Files.exists(file)) {
            return;
        }
        try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
            disk.setLength(bytes);
        } catch (IOException e) {
            throw unavailable("Tried to make the disk image " + file + ", but " + e.getMessage())
                    .because(e);
        }
    }
}
