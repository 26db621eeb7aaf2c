package dev.osie.build.oci.registry;

import static dev.osie.build.failure.BuildException.badInput;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import com.github.luben.zstd.util.ZstdVersion;
import dev.osie.build.oci.MediaType;
import dev.osie.build.oci.gzip.GzipWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How layers are compressed for a registry: {@code gzip}, {@code zstd:LEVEL} or {@code none}. Equal layers give equal bytes on every machine.
 *
 * @param mediaType of a layer that is compressed in this way
 * @param level of zstd, 1 to 22; else 0
 */
public record LayerCompression(String mediaType, int level) {
    public static final LayerCompression GZIP = new LayerCompression(MediaType.LAYER_GZIP, 0);
    public static final LayerCompression NONE = new LayerCompression(MediaType.LAYER, 0);

    private static final Pattern ZSTD = Pattern.compile("zstd:([1-9]|1[0-9]|2[0-2])");

    /**
     * Reads a setting.
     *
     * @throws dev.osie.build.failure.BuildException when it is none
     */
    public static LayerCompression parse(String text) {
        Matcher zstd = ZSTD.matcher(text);
        if (zstd.matches()) {
            return new LayerCompression(MediaType.LAYER_ZSTD, Integer.parseInt(zstd.group(1)));
        }
        return switch (text) {
            case "gzip" -> GZIP;
            case "none" -> NONE;
            default ->
                throw badInput("'" + text
                                + "' is not a compression of layers: expected gzip, zstd:1 to zstd:22, or none")
                        .hint(
                                "Perhaps gzip, which every program reads, or zstd:9, which is smaller and faster to unpack.");
        };
    }

    boolean isNone() {
        return mediaType.equals(MediaType.LAYER);
    }

    /** What, beside the content, decides the bytes. */
    String identity() {
        return switch (mediaType) {
            case MediaType.LAYER_GZIP -> "gzip " + GzipWriter.FORMAT;
            case MediaType.LAYER_ZSTD -> "zstd:" + level + " zstd-jni " + ZstdVersion.VERSION;
            default -> "none";
        };
    }

    /** Compresses what is written; closing it ends the data and leaves the stream below open. */
    OutputStream compress(OutputStream out) throws IOException {
        return switch (mediaType) {
            case MediaType.LAYER_GZIP -> new GzipWriter(out);
            case MediaType.LAYER_ZSTD -> new Zstd(out, level);
            default -> throw new AssertionError("nothing to compress");
        };
    }

    private static final class Zstd extends ZstdOutputStreamNoFinalizer {
        Zstd(OutputStream out, int level) throws IOException {
            super(out, level);
            setChecksum(true);
        }

        @Override
        public void close() throws IOException {
            closeWithoutClosingParentStream();
        }
    }
}
