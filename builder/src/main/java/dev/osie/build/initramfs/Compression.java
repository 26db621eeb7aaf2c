package dev.osie.build.initramfs;

import static dev.osie.build.failure.BuildException.badInput;

import com.github.luben.zstd.util.ZstdVersion;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a segment is compressed. Written {@code none} or {@code zstd:LEVEL}, such as {@code zstd:3} for work and {@code zstd:19} for a
 * release. The kernel takes zstd since 5.9.
 */
public sealed interface Compression {
    /** The archive as it is: for what is compressed already, which would cost time twice, here and at boot. */
    Compression NONE = new None();

    /** For work: about as fast as the disk. */
    Compression ZSTD_3 = new Zstd(3);

    /**
     * Reads a setting.
     *
     * @throws dev.osie.build.failure.BuildException when it is neither {@code none} nor {@code zstd:1} to {@code zstd:22}
     */
    static Compression parse(String text) {
        if (text.equals("none")) {
            return NONE;
        }
        Matcher zstd = Pattern.compile("zstd:([1-9]|1[0-9]|2[0-2])").matcher(text);
        if (!zstd.matches()) {
            throw badInput("'" + text + "' is not a compression: expected none, or zstd:1 to zstd:22")
                    .hint("Perhaps zstd:3 while working and zstd:19 for a release.");
        }
        return new Zstd(Integer.parseInt(zstd.group(1)));
    }

    /** The version of the library that compresses: others make other bytes of the same content. */
    static String library() {
        return ZstdVersion.VERSION;
    }

    /** What, beside the content, decides the bytes of a segment: the setting and the library that carries it out. */
    String identity();

    /** No compression. */
    record None() implements Compression {
        @Override
        public String identity() {
            return "none";
        }

        @Override
        public String toString() {
            return "none";
        }
    }

    /**
     * Zstandard (RFC 8878), one frame a segment. No level's window is larger than the 128 MiB that the kernel accepts.
     *
     * @param level from 1, fast, to 22, small
     */
    record Zstd(int level) implements Compression {
        @Override
        public String identity() {
            return this + " zstd-jni " + library();
        }

        @Override
        public String toString() {
            return "zstd:" + level;
        }
    }
}
