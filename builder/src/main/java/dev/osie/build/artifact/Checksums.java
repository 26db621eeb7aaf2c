package dev.osie.build.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;

/** SHA-512 sums of files, as {@code sha512sum} writes and checks them. */
final class Checksums {
    private final SortedMap<String, String> sums = new TreeMap<>();

    /** Notes the sum of what is written to the stream that comes back; {@link #finish} ends it. */
    DigestOutputStream watch(OutputStream out) {
        return new DigestOutputStream(out, newSha512());
    }

    void finish(String name, DigestOutputStream watched) {
        sums.put(name, hex(watched.getMessageDigest()));
    }

    /** The text of the checksum file. */
    byte[] toBytes() {
        StringBuilder text = new StringBuilder();
        sums.forEach((name, sum) -> text.append(sum).append("  ").append(name).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Whether every file that the text names lies in the folder and has its sum. */
    static boolean hold(String text, Path folder) throws IOException {
        for (String line : text.lines().toList()) {
            String[] sumAndName = line.split("  ", 2);
            Path file = folder.resolve(sumAndName[1]);
            if (!Files.isRegularFile(file) || !sum(file).equals(sumAndName[0])) {
                return false;
            }
        }
        return true;
    }

    private static String sum(Path file) throws IOException {
        MessageDigest sha512 = newSha512();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha512)) {
            byte[] buffer = new byte[1 << 18];
            while (in.read(buffer) >= 0) {
                // Reading is what feeds the digest.
            }
        }
        return hex(sha512);
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest newSha512() {
        try {
            return MessageDigest.getInstance("SHA-512");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-512", e);
        }
    }
}
