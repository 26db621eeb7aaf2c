package dev.osie.build.cache;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a blob of the store is, as far as its first bytes tell. */
public enum Kind {
    PACKAGES("Debian packages"),
    INDEXES("package indexes"),
    MANIFESTS("manifests and configurations"),
    LAYERS("layers of images"),
    SEGMENTS("packed segments"),
    OTHERS("kernels, jars and other files");

    /** As many bytes are looked at. */
    static final int HEAD = 512;

    private static final int TAR_MAGIC = 257;
    private static final byte[] XZ = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};
    private static final byte[] GZIP = {0x1f, (byte) 0x8b};
    private static final byte[] ZSTD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};

    private final String words;

    Kind(String words) {
        this.words = words;
    }

    /** @param head the first {@link #HEAD} bytes, or all there are */
    static Kind of(byte[] head) {
        if (startsWith(head, 0, text("!<arch>\ndebian-binary"))) {
            return PACKAGES;
        } else if (startsWith(head, 0, text("-----BEGIN PGP SIGNED MESSAGE-----"))
                || startsWith(head, 0, XZ)
                || startsWith(head, 0, GZIP)) {
            return INDEXES;
        } else if (startsWith(head, 0, text("{"))) {
            return MANIFESTS;
        } else if (startsWith(head, TAR_MAGIC, text("ustar")) || isEmptyTar(head)) {
            return LAYERS;
        } else if (startsWith(head, 0, ZSTD) || startsWith(head, 0, text("070701"))) {
            return SEGMENTS;
        }
        return OTHERS;
    }

    private static boolean isEmptyTar(byte[] head) {
        return Arrays.equals(head, new byte[HEAD]);
    }

    private static boolean startsWith(byte[] head, int offset, byte[] start) {
        return head.length >= offset + start.length
                && Arrays.equals(head, offset, offset + start.length, start, 0, start.length);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** In words, for people. */
    @Override
    public String toString() {
        return words;
    }
}
