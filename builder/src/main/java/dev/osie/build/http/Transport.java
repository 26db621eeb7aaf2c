package dev.osie.build.http;

import static dev.osie.build.failure.BuildException.unavailable;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongUnaryOperator;
import javax.net.ssl.SSLException;

/**
 * Sends requests over HTTP/1.1 and hands on each answer as soon as its header is there. Redirects are answers like others. Proxies are
 * those of the environment, else the platform's; certificates are trusted that the platform trusts, and those in the file that
 * {@code SSL_CERT_FILE} names.
 */
public final class Transport {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** So many times longer a server may take to do something with what it was sent. */
    private static final int WORK = 10;

    private final HttpClient client;
    private final Duration patience;

    /**
     * A transport with its own patience.
     *
     * @param patience how long a connection and an answer may take, and how long a transfer may stand still
     */
    public Transport(Map<String, String> environment, Duration patience) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                // An upgrade to HTTP/2 over plain text confuses caching proxies, and mirrors don't offer it.
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(patience)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(new EnvironmentProxies(environment));
        CertificateFile.of(environment).ifPresent(builder::sslContext);
        this.client = builder.build();
        this.patience = patience;
    }

    /** A transport that waits for up to half a minute. */
    public static Transport create(Map<String, String> environment) {
        return new Transport(environment, PATIENCE);
    }

    /**
     * Sends a request.
     *
     * @throws NoTls when the server doesn't speak TLS, or has a certificate that isn't trusted
     * @throws BrokenTransfer when there is no answer
     */
    public Answer send(HttpRequest request) {
        return send(request, sent -> patience.toNanos() - sent);
    }

    /**
     * Sends a request with a body, which may take as long as it moves.
     *
     * @param method such as {@code PUT}
     * @throws NoTls when the server doesn't speak TLS, or has a certificate that isn't trusted
     * @throws BrokenTransfer when there is no answer
     */
    public Answer send(HttpRequest.Builder request, String method, OutgoingBody body) {
        Duration work = patience.multipliedBy(WORK);
        try {
            return send(
                    request.method(method, body.publisher()).build(),
                    sent -> (body.isWhole() ? work : patience).toNanos() - body.quiet());
        } catch (BrokenTransfer | IllegalStateException e) {
            throw body.failure().orElse(e);
        }
    }

    /** @param left from the nanoseconds since the request was sent, those that are left to wait */
    private Answer send(HttpRequest request, LongUnaryOperator left) {
        long start = System.nanoTime();
        ResponseBody body = new ResponseBody(patience);
        // Completed by the header. The client's own future fails when the body breaks off soon enough, as if nothing
        // had come.
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        // The request's own timeout ends with the header up to JDK 25, and includes the whole body from then on.
        CompletableFuture<?> response = client.sendAsync(request, info -> {
            answer.complete(new Answer(info.statusCode(), info.headers(), body));
            return body;
        });
        response.whenComplete((whole, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(failure);
                body.onError(failure);
            }
        });
        try {
            for (long wait = left.applyAsLong(0); wait > 0; wait = left.applyAsLong(System.nanoTime() - start)) {
                try {
                    return answer.get(wait, TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    // Unless the body has moved meanwhile, nothing is left.
                }
            }
            response.cancel(true);
            throw new BrokenTransfer("there was no answer: timed out", null);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (InterruptedException e) {
            response.cancel(true);
            Thread.currentThread().interrupt();
            throw unavailable("The request to " + request.uri().getHost() + " was interrupted.")
                    .because(e);
        }
    }

    private static RuntimeException failure(Throwable cause) {
        boolean cut = cause.getCause() instanceof SocketException;
        if (cause instanceof SSLException failure && !cut) {
            return new NoTls(failure);
        }
        if (cause instanceof IOException failure) {
            return new BrokenTransfer("there was no answer: " + reason(failure), failure);
        }
        return new IllegalStateException("a request failed in an unexpected way", cause);
    }

    /** A failure in words for people. */
    public static String reason(IOException e) {
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

    /** TLS could not be agreed on: another try would end alike. */
    public static final class NoTls extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoTls(SSLException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
