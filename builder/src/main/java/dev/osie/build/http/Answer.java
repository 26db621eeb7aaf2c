package dev.osie.build.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * What a server answers. The body is still under way; closing it ends the transfer.
 *
 * @param body whose reads fail when nothing arrives for too long
 */
public record Answer(int status, HttpHeaders headers, InputStream body) implements AutoCloseable {
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Set<Integer> PASSING = Set.of(408, 425, 429);

    public Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    public boolean isRedirect() {
        return REDIRECTS.contains(status);
    }

    /**
     * Where a redirect leads: never from https to plain http, and only to the schemes that are fetched from servers.
     *
     * @param from what was asked for
     * @return empty when it may not be followed
     */
    public Optional<URI> location(URI from) {
        try {
            return header("Location").map(from::resolve).filter(to -> mayFollow(from, to));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // no address
        }
    }

    private static boolean mayFollow(URI from, URI to) {
        boolean scheme =
                "https".equals(to.getScheme()) || "http".equals(to.getScheme()) && "http".equals(from.getScheme());
        return scheme && to.getHost() != null;
    }

    /**
     * Fails when the status says that another try may be answered better.
     *
     * @throws BrokenTransfer with the pause that the server asks for
     */
    public void requireNotPassing() {
        if (status >= 500 || PASSING.contains(status)) {
            throw new BrokenTransfer("the server answered with HTTP status " + status, null, retryAfter());
        }
    }

    /** Seconds, or a date (RFC 9110, section 10.2.3), which is compared with the server's own clock where it tells the time. */
    private Duration retryAfter() {
        String text = header("Retry-After").orElse("").strip();
        if (text.matches("[0-9]{1,10}")) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        Instant now = header("Date").flatMap(Answer::date).orElseGet(Instant::now);
        return date(text)
                .map(date -> Duration.between(now, date))
                .filter(pause -> !pause.isNegative())
                .orElse(Duration.ZERO);
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /**
     * Reads a short body as a whole.
     *
     * @param most bytes to read; one more than that tells that there was more
     * @throws BrokenTransfer when it breaks off, or isn't whole after {@code limit}
     */
    public byte[] document(int most, Duration limit) {
        long start = System.nanoTime();
        byte[] bytes = new byte[1 << 13];
        int size = 0;
        try {
            while (size <= most) {
                bytes = size == bytes.length ? Arrays.copyOf(bytes, 2 * size) : bytes;
                int count = body.read(bytes, size, Math.min(bytes.length, most + 1) - size);
                if (count < 0) {
                    break;
                }
                size += count;
                if (System.nanoTime() - start > limit.toNanos()) {
                    throw new BrokenTransfer(
                            "only " + size + " bytes of the answer came in " + limit.toSeconds() + " s", null);
                }
            }
        } catch (IOException e) {
            throw new BrokenTransfer("the transfer broke off: " + Transport.reason(e), e);
        }
        return Arrays.copyOf(bytes, size);
    }

    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            // Nobody waits for what is left.
        }
    }
}
