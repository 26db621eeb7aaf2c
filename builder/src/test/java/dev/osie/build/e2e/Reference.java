package dev.osie.build.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One build of the checkout that all tests share: what others are compared with, what is booted, and a store whose packages others
 * need not download again. It stays in {@code target} until {@code make clean}.
 *
 * @param cache the directory given as XDG_CACHE_HOME
 * @param lock what the first build wrote
 * @param output the pair and what comes with it
 */
record Reference(Path cache, Path lock, Path output) {
    private static final Pattern DIGEST = Pattern.compile("\\b[0-9a-f]{64}\\b");

    private static boolean built;

    /** Builds it, once in a run of the tests. */
    static synchronized Reference build() throws IOException, InterruptedException {
        Path directory = Project.checkout().directory().resolve("builder/target/reference");
        Reference reference =
                new Reference(directory.resolve("cache"), directory.resolve("osie.lock"), directory.resolve("hook"));
        if (!built) {
            Files.createDirectories(directory);
            // The lock of an earlier run may be one of other recipes.
            Files.deleteIfExists(reference.lock);
            Project.checkout()
                    .osieBuild()
                    .cachingIn(reference.cache)
                    .run("build", "hook", "--output", reference.output.toString(), "--lock", reference.lock.toString())
                    .succeeded();
            built = true;
        }
        return reference;
    }

    /** Makes a store that holds the packages of the lock and nothing a build made of them. */
    void copyPackages(Path otherCache) throws IOException {
        Path blobs = Path.of("osie-build", "blobs", "sha256");
        Files.createDirectories(otherCache.resolve(blobs));
        Matcher digests = DIGEST.matcher(Files.readString(lock));
        while (digests.find()) {
            Path blob = cache.resolve(blobs).resolve(digests.group());
            Path copy = otherCache.resolve(blobs).resolve(digests.group());
            if (Files.exists(blob) && !Files.exists(copy)) {
                Files.copy(blob, copy);
            }
        }
    }
}
