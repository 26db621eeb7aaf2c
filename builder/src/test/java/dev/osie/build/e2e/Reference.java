package dev.osie.build.e2e;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockFile;
import dev.osie.build.platform.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One build of the checkout that all tests share, for every architecture: what others are compared with, what is booted, and a store
 * whose packages others need not download again. It stays in {@code target} until {@code make clean}.
 *
 * @param cache the directory given as XDG_CACHE_HOME
 * @param lock what the first build wrote
 * @param outputs the folder of all pairs
 */
record Reference(Path cache, Path lock, Path outputs) {
    private static boolean built;

    /** Builds it, once in a run of the tests. */
    static synchronized Reference build() throws IOException, InterruptedException {
        Path directory = Project.checkout().directory().resolve("builder/target/reference");
        Reference reference =
                new Reference(directory.resolve("cache"), directory.resolve("osie.lock"), directory.resolve("out"));
        if (!built) {
            Files.createDirectories(directory);
            // The lock of an earlier run may be one of other recipes.
            Files.deleteIfExists(reference.lock);
            Project.checkout()
                    .osieBuild()
                    .cachingIn(reference.cache)
                    .run(
                            "build",
                            "hook",
                            "--arch",
                            "all",
                            "--output",
                            reference.outputs.toString(),
                            "--lock",
                            reference.lock.toString())
                    .succeeded();
            built = true;
        }
        return reference;
    }

    /** The pair for x86_64 and what comes with it. */
    Path output() {
        return output(Architecture.X86_64);
    }

    /** The pair for an architecture and what comes with it. */
    Path output(Architecture architecture) {
        return outputs.resolve("hook-" + architecture);
    }

    /** Makes a store that holds the packages of some architectures and nothing a build made of them. */
    void copyPackages(Path otherCache, Architecture... architectures) throws IOException {
        Path blobs = Path.of("osie-build", "blobs", "sha256");
        Files.createDirectories(otherCache.resolve(blobs));
        Lock locked = LockFile.read(lock);
        for (Architecture architecture : architectures) {
            for (BinaryPackage binary : locked.packagesOf(architecture)) {
                String digest = binary.deb().digest().hex();
                Path blob = cache.resolve(blobs).resolve(digest);
                Path copy = otherCache.resolve(blobs).resolve(digest);
                // Of a kernel's metapackage only the name of the kernel is wanted: it is not there.
                if (Files.exists(blob) && !Files.exists(copy)) {
                    Files.copy(blob, copy);
                }
            }
        }
    }
}
