package dev.osie.build.jlink;

import dev.osie.build.tree.Content;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file in which contents wait that were changed on the way from a module to the runtime. */
final class Spool implements AutoCloseable {
    private final Path file;
    private final OutputStream out;
    private long size;

    Spool(Path file) throws IOException {
        this.file = file;
        this.out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
    }

    /** The bytes as content that can be read once the spool is closed. */
    Content add(byte[] bytes) throws IOException {
        out.write(bytes);
        Content content = Content.slice(file, size, bytes.length);
        size += bytes.length;
        return content;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
