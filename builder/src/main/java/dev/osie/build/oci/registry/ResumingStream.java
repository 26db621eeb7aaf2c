package dev.osie.build.oci.registry;

import static dev.osie.build.failure.BuildException.unavailable;
import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.http.Answer;
import dev.osie.build.http.BrokenTransfer;
import dev.osie.build.http.Retries;
import dev.osie.build.http.Transport;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/**
 * A blob on its way, however often the connection breaks: what has arrived isn't asked for again. At its end the whole is compared with
 * its digest. A server that sends more than it said, or next to nothing for too long, is given up.
 */
final class ResumingStream extends InputStream {
    private static final String HINT =
            "Perhaps check the network and the proxy, or name a mirror with --registry-mirror.";
    private static final int MOST_BREAKS = 50;
    /** A server must send this much in that time, and may fail to so often. */
    private static final long LEAST_IN_WINDOW = 60_000;

    private static final Duration WINDOW = Duration.ofSeconds(60);
    private static final int MOST_SLOW_WINDOWS = 3;

    private final String what;
    private final Blob expected;
    private final LongFunction<Answer> open;
    private final Retries retries;
    private final LongConsumer arrived;
    private final Duration window;
    private final MessageDigest sha256 = Digest.newSha256();
    private long offset;
    private int breaks;
    private int slowWindows;
    private Answer answer;
    private long windowStart;
    private long windowBytes;
    private boolean finished;

    /**
     * A stream that opens its connection when it is first read.
     *
     * @param what for messages
     * @param open asks for the blob from a byte on
     * @param arrived is told of bytes as they arrive
     */
    ResumingStream(String what, Blob expected, LongFunction<Answer> open, Retries retries, LongConsumer arrived) {
        this(what, expected, open, retries, arrived, WINDOW);
    }

    ResumingStream(
            String what,
            Blob expected,
            LongFunction<Answer> open,
            Retries retries,
            LongConsumer arrived,
            Duration window) {
        this.what = what;
        this.expected = expected;
        this.open = open;
        this.retries = retries;
        this.arrived = arrived;
        this.window = window;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int start, int length) {
        if (length == 0) {
            return 0;
        }
        if (finished) {
            return -1;
        }
        int count = retries.run("get " + what, HINT, () -> attempt(bytes, start, length));
        if (count < 0) {
            finished = true;
            Digest found = Digest.finish(sha256);
            if (!found.equals(expected.digest())) {
                throw verification("The " + what + " is not what was asked for: expected " + expected.digest()
                                + ", found " + found + ". Nothing of it was kept.")
                        .hint("Perhaps a proxy or a mirror serves a damaged copy: try again, or name another with"
                                + " --registry-mirror.");
            }
            return -1;
        }
        sha256.update(bytes, start, count);
        offset += count;
        arrived.accept(count);
        return count;
    }

    private int attempt(byte[] bytes, int start, int length) {
        if (answer == null) {
            answer = open.apply(offset);
            windowStart = System.nanoTime();
            windowBytes = 0;
        }
        int count;
        try {
            count = answer.body().read(bytes, start, length);
        } catch (IOException e) {
            throw broken(Transport.reason(e), e);
        }
        if (count < 0) {
            if (offset < expected.size()) {
                throw broken("the connection was closed", null);
            }
            return count;
        }
        if (offset + count > expected.size()) {
            throw verification(
                    "The " + what + " is larger than the " + expected.size() + " bytes that its manifest names.");
        }
        if (offset + count < expected.size()) {
            requireProgress(count);
        }
        return count;
    }

    private void requireProgress(int count) {
        windowBytes += count;
        long elapsed = System.nanoTime() - windowStart;
        if (elapsed > window.toNanos()) {
            if (windowBytes < LEAST_IN_WINDOW) {
                String slow = "only " + windowBytes + " bytes came in " + window.toSeconds() + " s";
                if (++slowWindows == MOST_SLOW_WINDOWS) {
                    throw unavailable("Tried to get " + what + ", but " + slow + ", " + slowWindows + " times.")
                            .hint(HINT);
                }
                throw broken(slow, null);
            }
            windowStart = System.nanoTime();
            windowBytes = 0;
        }
    }

    private RuntimeException broken(String why, IOException cause) {
        close();
        String message = "the transfer broke off after " + offset + " of " + expected.size() + " bytes: " + why;
        if (++breaks > MOST_BREAKS) {
            return unavailable("Tried to get " + what + ", but " + message + ", for the " + breaks + "th time.");
        }
        return new BrokenTransfer(message, cause);
    }

    @Override
    public void close() {
        if (answer != null) {
            answer.close();
            answer = null;
        }
    }
}
