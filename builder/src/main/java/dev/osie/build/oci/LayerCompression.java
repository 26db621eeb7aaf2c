package dev.osie.build.oci;

import static dev.osie.build.failure.BuildException.badInput;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import com.github.luben.zstd.util.ZstdVersion;
import dev.osie.build.oci.gzip.GzipWriter;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * How the tar archive of a layer is compressed where images are handed on; in the store no layer is. Equal layers are compressed to the same
 * bytes on every machine.
 *
 * @param level of zstd, 1 to 22; else 0
 */
public record LayerCompression(Method method, int level) {
    public static final LayerCompression NONE = new LayerCompression(Method.NONE, 0);
    public static final LayerCompression GZIP = new LayerCompression(Method.GZIP, 0);
    public static final LayerCompression ZSTD = new LayerCompression(Method.ZSTD, 3);

    private static final Pattern ZSTD_LEVEL = Pattern.compile("zstd:([1-9]|1[0-9]|2[0-2])");
    private static final int BUFFER = 1 << 16;
    private static final int MAGIC_LENGTH = 4;
    private static final byte[] GZIP_MAGIC = {0x1f, (byte) 0x8b};
    private static final byte[] ZSTD_MAGIC = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};

    /** What compresses, and how manifests call it: in OCI's form and in Docker's. */
    public enum Method {
        NONE(MediaType.LAYER, MediaType.DOCKER_LAYER),
        GZIP(MediaType.LAYER_GZIP, MediaType.DOCKER_LAYER_GZIP),
        ZSTD(MediaType.LAYER_ZSTD, MediaType.DOCKER_LAYER_ZSTD);

        private final String mediaType;
        private final String dockerType;

        Method(String mediaType, String dockerType) {
            this.mediaType = mediaType;
            this.dockerType = dockerType;
        }
    }

    /**
     * Reads the word of the command line: {@code gzip}, {@code zstd}, {@code zstd:1} to {@code zstd:22}, or {@code none}.
     *
     * @throws dev.osie.build.failure.BuildException when there is no such compression
     */
    public static LayerCompression parse(String text) {
        Matcher level = ZSTD_LEVEL.matcher(text);
        if (level.matches()) {
            return new LayerCompression(Method.ZSTD, Integer.parseInt(level.group(1)));
        }
        return Stream.of(NONE, GZIP, ZSTD)
                .filter(each -> each.toString().equals(text))
                .findFirst()
                .orElseThrow(
                        () -> badInput("'" + text
                                        + "' is not a compression of layers: expected gzip, zstd:1 to zstd:22, or none")
                                .hint(
                                        "Perhaps gzip, which every program reads, or zstd:9, which is smaller and faster to unpack."));
    }

    /** That of a layer with the media type; empty when no layer of a container image has that one. */
    public static Optional<LayerCompression> ofMediaType(String type) {
        return Stream.of(NONE, GZIP, ZSTD)
                .filter(each -> each.method.mediaType.equals(type) || each.method.dockerType.equals(type))
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
        return method.mediaType;
    }

    /** What it unpacks to. */
    public InputStream decompress(InputStream in) throws IOException {
        InputStream buffered = new Ahead(in);
        return switch (method) {
            case NONE -> buffered;
            case GZIP -> new GZIPInputStream(buffered, BUFFER);
            case ZSTD -> new ZstdInputStream(buffered);
        };
    }

    public boolean isNone() {
        return method == Method.NONE;
    }

    /** What is written to it arrives compressed; closing it ends the compressed data and leaves the stream below open. */
    OutputStream compress(OutputStream out) throws IOException {
        return switch (method) {
            case NONE -> throw new AssertionError("nothing to compress");
            case GZIP -> new GzipWriter(out);
            case ZSTD -> new Zstd(out, level);
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

    /** What, beside the content, decides the bytes. */
    String identity() {
        return switch (method) {
            case NONE -> "none";
            case GZIP -> "gzip " + GzipWriter.FORMAT;
            case ZSTD -> "zstd:" + level + " zstd-jni " + ZstdVersion.VERSION;
        };
    }

    @Override
    public String toString() {
        String name = method.name().toLowerCase(Locale.ROOT);
        return method == Method.ZSTD && level != ZSTD.level ? name + ":" + level : name;
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
