package dev.osie.build.debian;

import static dev.osie.build.failure.BuildException.unavailable;
import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.failure.BuildException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Fetches files by {@code http}, {@code https} and {@code file} addresses. What fails for a reason that may pass (a connection that
 * breaks or stalls, an overloaded server) is tried again a few times. Proxies are those of the environment, else the platform's.
 */
public final class Downloader {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<Duration> PAUSES = List.of(Duration.ofSeconds(1), Duration.ofSeconds(4));
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Set<Integer> ABSENT = Set.of(404, 410);
    private static final Set<Integer> PASSING = Set.of(408, 425, 429);
    private static final int MOST_REDIRECTS = 5;

    private final HttpClient client;
    private final Duration patience;
    private final List<Duration> pauses;

    /** Takes the content of one file. It is called again from the beginning when a transfer breaks and is repeated. */
    @FunctionalInterface
    public interface Sink {
        void accept(InputStream in) throws IOException;
    }

    /**
     * A downloader with its own times.
     *
     * @param patience how long a connection may take, and how long it may stand still
     * @param pauses how long to wait before each further try
     */
    Downloader(Map<String, String> environment, Duration patience, List<Duration> pauses) {
        this.client = HttpClient.newBuilder()
                // An upgrade to HTTP/2 over plain text confuses caching proxies, and mirrors don't offer it.
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(patience)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(new EnvironmentProxies(environment))
                .build();
        this.patience = patience;
        this.pauses = List.copyOf(pauses);
    }

    /** A downloader that takes its proxies from these environment variables. */
    public static Downloader create(Map<String, String> environment) {
        return new Downloader(environment, PATIENCE, PAUSES);
    }

    /**
     * Hands the content of a file to the sink.
     *
     * @param limit most bytes the file may have
     * @return false when the server answers that there is no such file
     * @throws BuildException {@code UNAVAILABLE} when the file cannot be had, {@code VERIFICATION} when it is larger than the limit
     */
    public boolean fetch(URI uri, long limit, Sink sink) {
        for (int tries = 1; ; tries++) {
            try {
                return "file".equals(uri.getScheme()) ? copy(uri, limit, sink) : get(uri, limit, sink);
            } catch (BrokenTransfer e) {
                if (tries > pauses.size() || Thread.currentThread().isInterrupted()) {
                    throw unavailable("Tried to get " + Addresses.shown(uri) + ", but " + e.getMessage() + " ("
                                    + (tries == 1 ? "1 try" : tries + " tries") + ").")
                            .hint("Perhaps check the network and the proxy, or name another mirror with --mirror URL.")
                            .because(e.getCause());
                }
                pause(uri, pauses.get(tries - 1));
            }
        }
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
                if (REDIRECTS.contains(answer.status())) {
                    uri = redirected(uri, answer.location());
                    continue;
                }
                if (ABSENT.contains(answer.status())) {
                    return false;
                }
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

    /** What a server answered; its body is still under way. */
    private record Answer(int status, String location, ResponseBody body) {
        static Answer of(HttpResponse.ResponseInfo info, ResponseBody body) {
            return new Answer(
                    info.statusCode(), info.headers().firstValue("Location").orElse(""), body);
        }
    }

    private Answer send(URI uri, boolean trusted) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(Addresses.withoutUserInfo(uri)).header("User-Agent", "osie-build");
        if (uri.getUserInfo() != null && trusted) {
            byte[] user = uri.getUserInfo().getBytes(StandardCharsets.UTF_8);
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(user));
        }
        // The request's own timeout ends with the header up to JDK 25, and includes the whole body from then on.
        ResponseBody body = new ResponseBody(patience);
        // Completed by the header. The client's own future fails when the body breaks off soon enough, as if nothing
        // had come.
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        CompletableFuture<HttpResponse<InputStream>> response = client.sendAsync(request.build(), info -> {
            answer.complete(Answer.of(info, body));
            return body;
        });
        response.whenComplete((whole, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(failure);
                body.onError(failure);
            }
        });
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            response.cancel(true);
            throw new BrokenTransfer("there was no answer: timed out", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw new BrokenTransfer("there was no answer: " + reason(failure), failure);
            }
            throw new IllegalStateException("a request failed in an unexpected way", e.getCause());
        } catch (InterruptedException e) {
            response.cancel(true);
            Thread.currentThread().interrupt();
            throw interrupted(uri);
        }
    }

    private static void requireContent(URI uri, int status) {
        if (status >= 500 || PASSING.contains(status)) {
            throw new BrokenTransfer("the server answered with HTTP status " + status, null);
        }
        if (status != 200) {
            throw unavailable("Tried to get " + Addresses.shown(uri) + ", but the server answered with HTTP status "
                            + status + ".")
                    .hint("Perhaps name another mirror with --mirror URL.");
        }
    }

    /** Where a redirect leads: never from https to plain http, and only to the schemes that are fetched from servers. */
    private static URI redirected(URI from, String location) {
        try {
            URI to = from.resolve(location);
            boolean allowed =
                    "https".equals(to.getScheme()) || "http".equals(to.getScheme()) && "http".equals(from.getScheme());
            if (allowed && to.getHost() != null && !location.isEmpty()) {
                return to;
            }
        } catch (IllegalArgumentException e) {
            // Not an address: reported like one that may not be followed.
        }
        throw unavailable("Tried to get " + Addresses.shown(from) + ", but it was redirected to '" + location
                + "', which cannot be followed.");
    }

    /** A user name and password are for the server they were given for, not for those it redirects to. */
    private static boolean sameServer(URI a, URI b) {
        return a.getScheme().equals(b.getScheme()) && a.getHost().equals(b.getHost()) && a.getPort() == b.getPort();
    }

    private static void pause(URI uri, Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(uri);
        }
    }

    private static BuildException interrupted(URI uri) {
        return unavailable("The transfer of " + Addresses.shown(uri) + " was interrupted.");
    }

    private static String reason(IOException e) {
        if (e instanceof HttpTimeoutException) {
            return "timed out";
        }
        if (e instanceof ConnectException && e.getCause() instanceof UnresolvedAddressException) {
            return "the host's name is unknown";
        }
        if (e instanceof ConnectException && e.getMessage() == null) {
            return "the connection was refused";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** A transfer that failed for a reason that may pass. Unchecked, so that no sink takes it for a failure of its own. */
    private static final class BrokenTransfer extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BrokenTransfer(String message, Exception cause) {
            super(message, cause);
        }
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
                throw new BrokenTransfer("the transfer broke off after " + count + " bytes: " + reason(e), e);
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
