package dev.osie.build.oci.archive;

import dev.osie.build.tree.Content;
import java.io.IOException;
import java.util.Optional;

/** The files that images are handed on in, wherever they lie. */
interface ImageFiles extends AutoCloseable {
    /**
     * A file.
     *
     * @param path components joined by {@code /}
     * @throws IOException when it is there but isn't a regular file
     */
    Optional<Content> find(String path) throws IOException;

    /** Where the files lie, for messages. */
    @Override
    String toString();

    @Override
    void close();
}
