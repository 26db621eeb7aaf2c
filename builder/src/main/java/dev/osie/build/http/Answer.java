package dev.osie.build.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
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

    /** Seconds only: a date would depend on two clocks. */
    private Duration retryAfter() {
        return header("Retry-After")
                .filter(text -> text.matches("[0-9]{1,5}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .orElse(Duration.ZERO);
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
