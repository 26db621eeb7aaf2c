package dev.osie.build.yaml;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Gets the text of a document, of which there can be 16 MiB. */
public final class DocumentText {
    static final int MAX_SIZE = 16 << 20;

    private DocumentText() {}

    /**
     * The text of a file.
     *
     * @param document what to call the file in messages
     */
    static String of(String document, Path file) {
        try (InputStream stream = Files.newInputStream(file)) {
            return of(document, stream);
        } catch (NoSuchFileException e) {
            throw Problems.failure(Position.whole(document), "there is no such file")
                    .because(e);
        } catch (IOException e) {
            String reason = Files.isDirectory(file) ? "it is a folder" : String.valueOf(e.getMessage());
            throw Problems.failure(Position.whole(document), "cannot be read: " + reason)
                    .because(e);
        }
    }

    /**
     * The text of a stream, which is read to its end.
     *
     * @param document what to call the text in messages
     * @throws dev.osie.build.failure.BuildException when it is too large, or not UTF-8
     */
    public static String of(String document, InputStream stream) throws IOException {
        byte[] bytes = stream.readNBytes(MAX_SIZE + 1);
        checkSize(document, bytes.length);
        ByteBuffer input = ByteBuffer.wrap(bytes);
        CharBuffer text = CharBuffer.allocate(bytes.length);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        try {
            if (decoder.decode(input, text, true).isError()) {
                throw new CharacterCodingException();
            }
        } catch (CharacterCodingException e) {
            throw Problems.failure(
                            place(document, bytes, input.position()),
                            "not text in UTF-8: the byte "
                                    + String.format(java.util.Locale.ROOT, "0x%02x", bytes[input.position()])
                                    + " cannot stand here")
                    .because(e);
        }
        return text.flip().toString();
    }

    static void checkSize(String document, int size) {
        if (size > MAX_SIZE) {
            throw Problems.failure(Position.whole(document), "larger than 16 MiB, which no document needs to be");
        }
    }

    private static Position place(String document, byte[] bytes, int offset) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < offset; i++) {
            line += bytes[i] == '\n' ? 1 : 0;
            column = bytes[i] == '\n' ? 1 : column + 1;
        }
        return new Position(document, line, column);
    }
}
