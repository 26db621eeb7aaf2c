package dev.osie.build.store;

import static dev.osie.build.failure.BuildException.unavailable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The results of steps, each in a file: the digest of key and result in hexadecimal, a line feed, and the result in UTF-8. A record that
 * doesn't agree with its digest, or with the key it is found under, is removed and counts as none: its step is done again.
 */
final class Records {
    /** Rises with the form of the files. */
    private static final String VERSION = "2\n";

    private static final int SUM_LENGTH = 64;

    private final Path directory;

    Records(Path directory) {
        this.directory = directory;
    }

    Path path(StepKey key) {
        return directory.resolve(Digest.ofText(VERSION + key.digest().hex()).hex());
    }

    Optional<String> read(StepKey key) {
        Path file = path(key);
        try {
            Optional<String> result = result(file);
            if (result.isPresent()) {
                LastUse.note(file, Files.getLastModifiedTime(file));
            } else {
                Files.deleteIfExists(file);
            }
            return result;
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unavailable("Tried to read the result of step '" + key + "' from " + directory + ", but "
                            + e.getMessage())
                    .because(e);
        }
    }

    static byte[] bytes(Path file, String result) {
        return (sum(file, result) + "\n" + result).getBytes(StandardCharsets.UTF_8);
    }

    /** What a record says; empty when it was altered. */
    static Optional<String> result(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        // Decoding forgives bytes that are no UTF-8, and the digest of what they become doesn't.
        String text = new String(content, StandardCharsets.UTF_8);
        if (text.length() <= SUM_LENGTH || text.charAt(SUM_LENGTH) != '\n') {
            return Optional.empty();
        }
        String result = text.substring(SUM_LENGTH + 1);
        return text.startsWith(sum(file, result)) ? Optional.of(result) : Optional.empty();
    }

    /** The file's name stands for the key. */
    private static String sum(Path file, String result) {
        return Digest.ofText(file.getFileName() + "\n" + result).hex();
    }
}
