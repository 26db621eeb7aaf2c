package dev.osie.build.tree;

import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The bytes of a regular file, which can be read any number of times. */
public interface Content {
    /** In bytes. */
    long size();

    InputStream open() throws IOException;

    static Content of(byte[] bytes) {
        return new Bytes(bytes.clone());
    }

    /** A text in UTF-8. */
    static Content of(String text) {
        return new Bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A file of the host, whose size must not change meanwhile. */
    static Content of(Path file) throws IOException {
        return new Slice(file, 0, Files.size(file));
    }

    /** A part of a file, such as an entry of an uncompressed archive. */
    static Content slice(Path file, long offset, long size) {
        return new Slice(file, offset, size);
    }

    /** A blob of the store, which is compared with its digest whenever it is read to its end. */
    static Content of(Store store, Blob blob) {
        return new Stored(store, blob);
    }

    /** Content that lies in the store. */
    record Stored(Store store, Blob blob) implements Content {
        @Override
        public long size() {
            return blob.size();
        }

        @Override
        public InputStream open() {
            return store.read(blob.digest());
        }
    }

    /** Content held in memory. */
    record Bytes(byte[] bytes) implements Content {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(bytes);
        }
    }

    /** Content that lies in a file. */
    record Slice(Path file, long offset, long size) implements Content {
        @Override
        public InputStream open() throws IOException {
            SeekableByteChannel channel = Files.newByteChannel(file);
            channel.position(offset);
            return new BoundedStream(Channels.newInputStream(channel), size, file);
        }
    }
}
