package dev.osie.build.debian;

import static dev.osie.build.failure.BuildException.unavailable;
import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.failure.BuildException;
import dev.osie.build.http.Answer;
import dev.osie.build.http.BrokenTransfer;
import dev.osie.build.http.Retries;
import dev.osie.build.http.Transport;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Fetches files by {@code http}, {@code https} and {@code file} addresses. What fails for a reason that may pass (a connection that
 * breaks or stalls, an overloaded server) is tried again a few times. Proxies are those of the environment, else the platform's.
 */
public final class Downloader {
    private static final Set<Integer> ABSENT = Set.of(404, 410);
    private static final int MOST_REDIRECTS = 5;

    private static final String HINT =
            "Perhaps check the network and the proxy, or name another mirror with --mirror URL.";

    private final Optional<Transport> transport;
    private final Retries retries;

    /** Takes the content of one file. It is called again from the beginning when a transfer breaks and is repeated. */
    @FunctionalInterface
    public interface Sink {
        void accept(InputStream in) throws IOException;
    }

    Downloader(Transport transport, Retries retries) {
        this(Optional.of(transport), retries);
    }

    private Downloader(Optional<Transport> transport, Retries retries) {
        this.transport = transport;
        this.retries = retries;
    }

    /** A downloader that gets nothing: for work with what the store has. */
    public static Downloader offline() {
        return new Downloader(Optional.empty(), Retries.usual());
    }

    boolean isOffline() {
        return transport.isEmpty();
    }

    /** A downloader that takes its proxies and certificates from these environment variables. */
    public static Downloader create(Map<String, String> environment) {
        return new Downloader(Transport.create(environment), Retries.usual());
    }

    /**
     * Hands the content of a file to the sink.
     *
     * @param limit most bytes the file may have
     * @return false when the server answers that there is no such file
     * @throws BuildException {@code UNAVAILABLE} when the file cannot be had, {@code VERIFICATION} when it is larger than the limit
     */
    public boolean fetch(URI uri, long limit, Sink sink) {
        if (isOffline()) {
            throw unavailable(Addresses.shown(uri) + " isn't asked for, as this is done offline.");
        }
        return retries.run(
                "get " + Addresses.shown(uri),
                HINT,
                () -> "file".equals(uri.getScheme()) ? copy(uri, limit, sink) : get(uri, limit, sink));
    }

    private static boolean copy(URI uri, long limit, Sink sink) {
        try (InputStream in = new Guarded(Files.newInputStream(Path.of(uri)), uri, limit)) {
            sink.accept(in);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw unavailable("Tried to read " + uri + ", but " + e.getMessage() + ".")
                    .because(e);
        }
    }

    private boolean get(URI start, long limit, Sink sink) {
        URI uri = start;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            Answer answer = send(uri, sameServer(start, uri));
            try (InputStream in = new Guarded(answer.body(), uri, limit)) {
                if (answer.isRedirect()) {
                    uri = redirected(uri, answer);
                    continue;
                }
                if (ABSENT.contains(answer.status())) {
                    return false;
                }
                answer.requireNotPassing();
                requireContent(uri, answer.status());
                sink.accept(in);
                return true;
            } catch (IOException e) {
                throw new BrokenTransfer("the transfer broke off: " + e.getMessage(), e);
            }
        }
        throw unavailable("Tried to get " + Addresses.shown(start) + ", but it was redirected more than "
                + MOST_REDIRECTS + " times.");
    }

    private Answer send(URI uri, boolean trusted) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(Addresses.withoutUserInfo(uri)).header("User-Agent", "osie-build");
        if (uri.getUserInfo() != null && trusted) {
            byte[] user = uri.getUserInfo().getBytes(StandardCharsets.UTF_8);
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(user));
        }
        try {
            return transport.orElseThrow().send(request.build());
        } catch (Transport.NoTls e) {
            throw unavailable("Tried to get " + Addresses.shown(uri) + ", but TLS failed: " + e.getMessage() + ".")
                    .hint(
                            "Perhaps the server's certificate is of an authority that Java doesn't know: SSL_CERT_FILE=FILE adds"
                                    + " those of a PEM file.")
                    .because(e);
        }
    }

    private static void requireContent(URI uri, int status) {
        if (status != 200) {
            throw unavailable("Tried to get " + Addresses.shown(uri) + ", but the server answered with HTTP status "
                            + status + ".")
                    .hint("Perhaps name another mirror with --mirror URL.");
        }
    }

    private static URI redirected(URI from, Answer answer) {
        return answer.location(from)
                .orElseThrow(() -> unavailable("Tried to get " + Addresses.shown(from) + ", but it was redirected to '"
                        + answer.header("Location").orElse("") + "', which cannot be followed."));
    }

    /** A user name and password are for the server they were given for, not for those it redirects to. */
    private static boolean sameServer(URI a, URI b) {
        return a.getScheme().equals(b.getScheme()) && a.getHost().equals(b.getHost()) && a.getPort() == b.getPort();
    }

    /** The content on its way to a sink: counts it, and tells failures of the network from failures of the sink. */
    private static final class Guarded extends FilterInputStream {
        private final URI uri;
        private final long limit;
        private long count;

        Guarded(InputStream in, URI uri, long limit) {
            super(in);
            this.uri = uri;
            this.limit = limit;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            int read;
            try {
                read = in.read(bytes, offset, length);
            } catch (IOException e) {
                throw new BrokenTransfer("the transfer broke off after " + count + " bytes: " + Transport.reason(e), e);
            }
            count += Math.max(read, 0);
            if (count > limit) {
                throw verification(Addresses.shown(uri) + " is larger than the " + limit + " bytes expected.");
            }
            return read;
        }

        @Override
        public long skip(long bytes) {
            int length = (int) Math.min(bytes, 1 << 13);
            return Math.max(read(new byte[length], 0, length), 0);
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
