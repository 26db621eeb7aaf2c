package dev.osie.worker.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names a blob, as the OCI image specification does.
 *
 * @param digest {@code sha256:} and 64 hexadecimal digits
 * @param size in bytes
 */
public record Descriptor(String mediaType, String digest, long size) {
    private static final String SHA256 = "sha256:";

    /** @throws IllegalArgumentException when it isn't one */
    static Descriptor read(JsonNode json) {
        Descriptor descriptor = new Descriptor(
                json.path("mediaType").asText(),
                digest(json.path("digest").asText()),
                json.path("size").asLong(-1));
        if (descriptor.size() < 0) {
            throw new IllegalArgumentException("a blob without a size");
        }
        return descriptor;
    }

    /** @throws IllegalArgumentException when it isn't a SHA-256 digest */
    static String digest(String text) {
        boolean right = text.startsWith(SHA256) && text.length() == SHA256.length() + 64;
        for (int i = SHA256.length(); right && i < text.length(); i++) {
            right = Character.digit(text.charAt(i), 16) >= 0;
        }
        if (!right) {
            throw new IllegalArgumentException("a digest that isn't one of SHA-256");
        }
        return text;
    }

    /** The digest of a document, {@code sha256:} and hexadecimal digits. */
    public static String digestOf(byte[] document) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(document));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
