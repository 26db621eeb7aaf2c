package dev.osie.build.store;

import static dev.osie.build.failure.BuildException.badInput;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A SHA-256 digest in the notation of the OCI image specification (descriptor, "Digests"): {@code sha256:} and 64 lower-case
 * hexadecimal digits.
 *
 * @param hex the 64 digits without the algorithm
 */
public record Digest(String hex) implements Comparable<Digest> {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
    private static final String PREFIX = "sha256:";

    public Digest {
        if (!HEX.matcher(hex).matches()) {
            throw badInput("'" + hex + "' is not a SHA-256 digest: expected 64 lower-case hexadecimal digits");
        }
    }

    /** Reads {@code sha256:<hex>}. */
    public static Digest parse(String text) {
        if (!text.startsWith(PREFIX)) {
            throw badInput(
                    "'" + text + "' is not a digest this program verifies: expected sha256:<64 hexadecimal digits>");
        }
        return new Digest(text.substring(PREFIX.length()));
    }

    public static Digest of(byte[] content) {
        return new Digest(HexFormat.of().formatHex(newSha256().digest(content)));
    }

    /** The digest of a text in UTF-8. */
    public static Digest ofText(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The digest that a finished computation holds; the computation is reset. */
    public static Digest finish(MessageDigest computation) {
        return new Digest(HexFormat.of().formatHex(computation.digest()));
    }

    public static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    @Override
    public int compareTo(Digest other) {
        return hex.compareTo(other.hex);
    }

    /** {@code sha256:<hex>}. */
    @Override
    public String toString() {
        return PREFIX + hex;
    }
}
