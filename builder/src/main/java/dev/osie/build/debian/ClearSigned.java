package dev.osie.build.debian;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A text with its signature around it (RFC 9580 §7, "Cleartext Signature Framework"). Strict: nothing may stand before, between or
 * after the parts, so that nobody takes for signed what is not.
 *
 * @param text the lines that are signed, each ended by a line feed
 * @param signed the bytes that the signature is made over: lines ended by CR LF, without the last one's end
 * @param signature in ASCII armour
 */
record ClearSigned(String text, byte[] signed, byte[] signature) {
    private static final String MESSAGE = "-----BEGIN PGP SIGNED MESSAGE-----";
    private static final String SIGNATURE = "-----BEGIN PGP SIGNATURE-----";
    private static final String END = "-----END PGP SIGNATURE-----";

    /**
     * Takes the parts of a clear-signed text apart.
     *
     * @throws IOException when it is not one
     */
    static ClearSigned parse(byte[] content) throws IOException {
        // One character a byte: the signature is over bytes, whatever they mean.
        String all = new String(content, StandardCharsets.ISO_8859_1);
        if (all.indexOf('\r') >= 0 || all.indexOf('\0') >= 0) {
            throw new IOException("it holds carriage returns or NUL");
        }
        List<String> lines = List.of(all.split("\n", -1));
        if (!lines.get(0).equals(MESSAGE)) {
            throw new IOException("it is not signed: expected '" + MESSAGE + "' in its first line");
        }
        int start = afterHeaders(lines);
        int end = lines.indexOf(SIGNATURE);
        int last = lines.indexOf(END);
        if (end < start || last < end) {
            throw new IOException("its signature is missing or cut off");
        }
        if (!String.join("", lines.subList(last + 1, lines.size())).isBlank()) {
            throw new IOException("something follows its signature");
        }
        List<String> text = unescaped(lines.subList(start, end));
        return new ClearSigned(
                String.join("\n", text) + "\n",
                bytes(String.join("\r\n", text)),
                bytes(String.join("\n", lines.subList(end, last + 1)) + "\n"));
    }

    private static int afterHeaders(List<String> lines) throws IOException {
        int line = 1;
        while (line < lines.size() && lines.get(line).startsWith("Hash: ")) {
            line++;
        }
        if (line == lines.size() || !lines.get(line).isEmpty()) {
            throw new IOException("something other than 'Hash:' stands before the signed text");
        }
        return line + 1;
    }

    /** Undoes the escaping of dashes; white space at the end of a line is not part of what is signed. */
    private static List<String> unescaped(List<String> lines) throws IOException {
        List<String> text = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("-") && !line.startsWith("- ")) {
                throw new IOException("a line of the signed text begins with a bare '-'");
            }
            text.add((line.startsWith("- ") ? line.substring(2) : line).replaceFirst("[ \\t]+$", ""));
        }
        return text;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
