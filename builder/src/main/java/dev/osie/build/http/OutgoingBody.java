package dev.osie.build.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** The body of a request, and how its transfer goes. It serves one request; closing it ends the reading. */
public final class OutgoingBody implements AutoCloseable {
    private final long size;
    private final Supplier<InputStream> open;
    private final LongConsumer sent;

    private volatile long lastMoved = System.nanoTime();
    private volatile long taken;
    private volatile RuntimeException failure;
    private volatile InputStream stream = InputStream.nullInputStream();

    /**
     * A body.
     *
     * @param size in bytes
     * @param open the content, exactly so long
     * @param sent is told of bytes as they go
     */
    public OutgoingBody(long size, Supplier<InputStream> open, LongConsumer sent) {
        this.size = size;
        this.open = open;
        this.sent = sent;
    }

    /** A request without content. */
    public static OutgoingBody empty() {
        return new OutgoingBody(0, InputStream::nullInputStream, count -> {});
    }

    BodyPublisher publisher() {
        return size == 0
                ? BodyPublishers.noBody()
                : BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(this::opened), size);
    }

    private InputStream opened() {
        close();
        taken = 0;
        try {
            stream = new Watched(open.get());
        } catch (RuntimeException e) {
            failure = e;
            stream = InputStream.nullInputStream();
        }
        return stream;
    }

    boolean isWhole() {
        return taken == size;
    }

    /** Nanoseconds since a byte moved last. */
    long quiet() {
        return System.nanoTime() - lastMoved;
    }

    /** Why the content could not be read. */
    Optional<RuntimeException> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException e) {
            // It was only read.
        }
    }

    private final class Watched extends FilterInputStream {
        Watched(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                int count = in.read(bytes, offset, length);
                if (count > 0) {
                    lastMoved = System.nanoTime();
                    taken += count; // one thread at a time reads
                    sent.accept(count);
                }
                return count;
            } catch (RuntimeException e) {
                failure = e;
                throw new IOException(e);
            }
        }
    }
}
