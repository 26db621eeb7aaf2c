package dev.osie.build.kernel;

import dev.osie.build.store.Digest;
import java.net.URI;
import java.nio.file.Path;

/** What brings the sources of a kernel. */
public sealed interface SourceArchive {
    /** A package of the suites that the lock holds; it has the sources as {@code usr/src/NAME.tar.xz}. */
    record DebianPackage(String name) implements SourceArchive {}

    /** A compressed tar archive of a server. */
    record Download(URI uri, Digest digest) implements SourceArchive {}

    /** A compressed tar archive of this machine. */
    record LocalFile(Path file, Digest digest) implements SourceArchive {}
}
