package dev.osie.build.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The body of a response as a stream whose reads fail when nothing arrives for too long. The stream that the platform offers waits for
 * ever.
 */
final class ResponseBody extends InputStream implements HttpResponse.BodySubscriber<InputStream> {
    /** Every request wakes the thread that waits for all connections, so one is made for many chunks. */
    private static final int CHUNKS_AHEAD = 8;

    private static final int CHUNKS_A_REQUEST = CHUNKS_AHEAD / 2;

    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final long patienceMillis;
    private Flow.Subscription subscription;
    private boolean closed;
    private List<ByteBuffer> chunk = List.of();
    private boolean ended;
    private int taken;

    /** What the connection brought: bytes, a failure, or — with neither — the end. */
    private record Arrival(List<ByteBuffer> bytes, Throwable failure) {
        static final Arrival END = new Arrival(List.of(), null);

        boolean isEnd() {
            return this == END;
        }
    }

    ResponseBody(Duration patience) {
        this.patienceMillis = patience.toMillis();
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription newSubscription) {
        subscription = newSubscription;
        if (closed) {
            subscription.cancel();
        } else {
            subscription.request(CHUNKS_AHEAD);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        arrivals.add(new Arrival(bytes, null));
    }

    @Override
    public void onError(Throwable failure) {
        arrivals.add(new Arrival(List.of(), failure));
    }

    @Override
    public void onComplete() {
        arrivals.add(Arrival.END);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!ended) {
            for (ByteBuffer buffer : chunk) {
                if (buffer.hasRemaining()) {
                    int count = Math.min(length, buffer.remaining());
                    buffer.get(bytes, offset, count);
                    return count;
                }
            }
            next();
        }
        return -1;
    }

    private void next() throws IOException {
        Arrival arrival = await();
        if (arrival.failure() != null) {
            throw new IOException(arrival.failure().getMessage(), arrival.failure());
        }
        ended = arrival.isEnd();
        chunk = arrival.bytes();
        if (!ended && ++taken == CHUNKS_A_REQUEST) {
            taken = 0;
            request();
        }
    }

    private Arrival await() throws IOException {
        try {
            Arrival arrival = arrivals.poll(patienceMillis, TimeUnit.MILLISECONDS);
            if (arrival == null) {
                throw new IOException("nothing arrived for " + patienceMillis / 1000.0 + " s");
            }
            return arrival;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private synchronized void request() {
        subscription.request(CHUNKS_A_REQUEST);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (subscription != null) {
            subscription.cancel();
        }
    }
}
