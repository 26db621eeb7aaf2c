package dev.osie.build.oci;

import static dev.osie.build.failure.BuildException.badInput;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import dev.osie.build.oci.gzip.GzipWriter;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/**
 * How the tar archive of a layer is compressed where images are handed on; in the store no layer is. Equal layers are compressed to the same
 * bytes on every machine.
 */
public enum LayerCompression {
    NONE(MediaType.LAYER, MediaType.DOCKER_LAYER),
    GZIP(MediaType.LAYER_GZIP, MediaType.DOCKER_LAYER_GZIP),
    ZSTD(MediaType.LAYER_ZSTD, MediaType.DOCKER_LAYER_ZSTD);

    private static final int BUFFER = 1 << 16;
    private static final int ZSTD_LEVEL = 3;
    private static final int MAGIC_LENGTH = 4;
    private static final byte[] GZIP_MAGIC = {0x1f, (byte) 0x8b};
    private static final byte[] ZSTD_MAGIC = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};

    private final String mediaType;
    private final String dockerType;

    LayerCompression(String mediaType, String dockerType) {
        this.mediaType = mediaType;
        this.dockerType = dockerType;
    }

    /**
     * Reads the word of the command line.
     *
     * @throws dev.osie.build.failure.BuildException when there is no such compression
     */
    public static LayerCompression parse(String text) {
        return Arrays.stream(values())
                .filter(each -> each.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> badInput("'" + text + "' is not how layers are compressed: expected "
                        + Arrays.stream(values())
                                .map(LayerCompression::toString)
                                .collect(Collectors.joining(" or "))));
    }

    /** That of a layer with the media type; empty when no layer of a container image has that one. */
    public static Optional<LayerCompression> ofMediaType(String type) {
        return Arrays.stream(values())
                .filter(each -> each.mediaType.equals(type) || each.dockerType.equals(type))
                .findFirst();
    }

    /** That of the bytes that follow, which are still there to be read. The stream must support marks. */
    public static LayerCompression ofBytes(InputStream in) throws IOException {
        in.mark(MAGIC_LENGTH);
        byte[] start = in.readNBytes(MAGIC_LENGTH);
        in.reset();
        if (start.length > 1 && Arrays.equals(start, 0, GZIP_MAGIC.length, GZIP_MAGIC, 0, GZIP_MAGIC.length)) {
            return GZIP;
        }
        return Arrays.equals(start, ZSTD_MAGIC) ? ZSTD : NONE;
    }

    /** Of the OCI image specification, "Layer Filesystem Changeset". */
    public String mediaType() {
        return mediaType;
    }

    /** What it unpacks to. */
    public InputStream decompress(InputStream in) throws IOException {
        InputStream buffered = new Ahead(in);
        return switch (this) {
            case NONE -> buffered;
            case GZIP -> new GZIPInputStream(buffered, BUFFER);
            case ZSTD -> new ZstdInputStream(buffered);
        };
    }

    /** What is written to it arrives compressed; closing it ends the compressed data. */
    public OutputStream compress(OutputStream out) throws IOException {
        return switch (this) {
            case NONE -> out;
            case GZIP -> new GzipWriter(out);
            case ZSTD -> new ZstdOutputStream(out, ZSTD_LEVEL).setChecksum(true);
        };
    }

    /** Changes when equal layers would be compressed to other bytes. */
    String version() {
        return switch (this) {
            case NONE -> "";
            case GZIP -> "gzip " + GzipWriter.FORMAT;
            case ZSTD -> "zstd " + ZSTD_LEVEL;
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Says that there is more as long as there is: a layer may be many gzip members, and Java's reader takes a stream that has nothing at
     * hand for one that has ended.
     */
    private static final class Ahead extends BufferedInputStream {
        Ahead(InputStream in) {
            super(in, BUFFER);
        }

        @Override
        public synchronized int available() throws IOException {
            if (count <= pos) {
                mark(1);
                if (read() < 0) {
                    return 0;
                }
                reset();
            }
            return count - pos;
        }
    }
}
