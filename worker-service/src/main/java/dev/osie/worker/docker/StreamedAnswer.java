package dev.osie.worker.docker;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.github.dockerjava.api.async.ResultCallback;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** An answer of Docker that comes in pieces; a thread of the library's hands them over. */
abstract class StreamedAnswer<T> implements ResultCallback<T> {
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Object lock = new Object();
    private Optional<Closeable> connection = Optional.empty();
    private Optional<Throwable> failure = Optional.empty();
    private boolean closed;

    @Override
    public final void onStart(Closeable answer) {
        synchronized (lock) {
            connection = Optional.of(answer);
            started.countDown();
            if (!closed) {
                return;
            }
        }
        hangUp(answer);
    }

    @Override
    public final void onError(Throwable throwable) {
        synchronized (lock) {
            if (failure.isEmpty() && !closed) {
                failure = Optional.of(throwable);
            }
        }
        end();
    }

    @Override
    public final void onComplete() {
        end();
    }

    private void end() {
        if (ended.getCount() > 0) {
            last();
            started.countDown();
            ended.countDown();
        }
    }

    /** Called after the last piece. */
    protected void last() {}

    /** Waits until Docker has begun to answer, or won't; false when neither is so in time. */
    final boolean awaitStart(long millis) throws InterruptedException {
        return started.await(millis, MILLISECONDS);
    }

    /** Waits for the end of the answer; false when it hasn't ended in time. */
    final boolean await(long millis) throws InterruptedException {
        return ended.await(millis, MILLISECONDS);
    }

    /** Why the answer ended early. */
    final Optional<Throwable> failure() {
        synchronized (lock) {
            return failure;
        }
    }

    /** Stops listening. */
    @Override
    public final void close() {
        Optional<Closeable> open;
        synchronized (lock) {
            closed = true;
            open = connection;
        }
        open.ifPresent(StreamedAnswer::hangUp);
    }

    private static void hangUp(Closeable connection) {
        try {
            connection.close();
        } catch (IOException e) {
            // It was to be closed.
        }
    }
}
