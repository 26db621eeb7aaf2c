package dev.osie.build.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.osie.build.failure.BuildException;
import dev.osie.build.http.Retries;
import dev.osie.build.http.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class DownloaderTest {
    private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);

    private final TestArchive server = TestArchive.start();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void fetchesAFile() {
        server.serve("/a+b", CONTENT);

        assertThat(fetch("/a%2Bb")).isTrue();
        assertThat(received).hasToString("content");
    }

    @Test
    void tellsThatThereIsNoSuchFile() {
        assertThat(fetch("/missing")).isFalse();
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void fetchesFilesOfTheHost(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("file with space"), CONTENT);

        assertThat(fetch(file.toUri())).isTrue();
        assertThat(received).hasToString("content");
        assertThat(fetch(directory.resolve("missing").toUri())).isFalse();
    }

    @Test
    void triesAgainWhenTheServerIsOverloaded() {
        server.answer("/file", firstly(2, TestArchive.status(503), TestArchive.content(CONTENT)));

        assertThat(fetch("/file")).isTrue();
        assertThat(received).hasToString("content");
    }

    @Test
    void beginsAnewWhenATransferBreaksOff() {
        server.answer("/file", firstly(1, DownloaderTest::breakOff, TestArchive.content(CONTENT)));

        assertThat(fetch("/file")).isTrue();
        assertThat(received).hasToString("content");
    }

    @Test
    void givesUpAfterSomeTries() {
        server.answer("/file", TestArchive.status(500));

        assertUnavailable(() -> fetch("/file"), "HTTP status 500 (3 tries)");
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void givesUpATransferThatIsAlwaysCutShort() {
        server.answer("/file", DownloaderTest::breakOff);

        assertUnavailable(() -> fetch("/file"), "the transfer broke off after 3 bytes");
    }

    @Test
    void doesNotWaitForeverForAServerThatFallsSilent() {
        server.answer("/file", exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write(CONTENT);
            exchange.getResponseBody().flush();
            sleep();
        });

        assertUnavailable(() -> fetch("/file"), "nothing arrived for 0.5 s");
    }

    @Test
    void saysThatNobodyListens() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }

        assertUnavailable(
                () -> fetch(URI.create("http://127.0.0.1:" + port + "/file")),
                "there was no answer: the connection was refused");
    }

    @Test
    void doesNotWaitForeverForAnAnswer() {
        server.answer("/file", exchange -> sleep());

        assertUnavailable(() -> fetch("/file"), "there was no answer: timed out");
    }

    @Test
    void saysThatNobodyAnswers() {
        server.close();

        assertUnavailable(() -> fetch("/file"), "there was no answer");
    }

    @Test
    void doesNotTryAgainWhatIsForbidden() {
        server.answer("/file", TestArchive.status(403));

        assertUnavailable(() -> fetch("/file"), "HTTP status 403");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void followsRedirects() {
        server.answer("/file", redirect("other/place"));
        server.answer("/other/place", redirect(server.root() + "/third"));
        server.serve("/third", CONTENT);

        assertThat(fetch("/file")).isTrue();
        assertThat(received).hasToString("content");
    }

    @Test
    void givesUpARedirectThatLeadsInACircle() {
        server.answer("/file", redirect("/file"));

        assertUnavailable(() -> fetch("/file"), "redirected more than 5 times");
    }

    @Test
    void doesNotFollowARedirectToAFileOfTheHost() {
        server.answer("/file", redirect("file:///etc/hostname"));

        assertUnavailable(() -> fetch("/file"), "which cannot be followed");
    }

    @Test
    void refusesMoreThanTheLimit() {
        server.serve("/file", new byte[1001]);

        assertThatThrownBy(() -> fetch("/file"))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.VERIFICATION))
                .hasMessageContaining("larger than the 1000 bytes expected");
    }

    @Test
    void sendsAPasswordToItsServerOnlyAndNeverShowsIt() {
        List<String> seen = new ArrayList<>();
        try (TestArchive other = TestArchive.start()) {
            server.answer("/file", exchange -> {
                seen.add(exchange.getRequestHeaders().getFirst("Authorization"));
                redirect(other.root() + "/file").handle(exchange);
            });
            other.answer("/file", exchange -> {
                seen.add(exchange.getRequestHeaders().getFirst("Authorization"));
                TestArchive.status(403).handle(exchange);
            });
            URI uri = URI.create(server.root().toString().replace("//", "//me:s3cret@") + "/file");

            assertThatThrownBy(() -> fetch(uri)).hasMessageNotContaining("s3cret");
        }
        assertThat(seen).containsExactly("Basic bWU6czNjcmV0", null);
    }

    @Test
    void asksTheProxyOfTheEnvironment() {
        server.serve("/debian/file", CONTENT);
        Downloader proxied = downloader(Map.of("http_proxy", server.root().toString(), "NO_PROXY", "localhost"));

        assertThat(proxied.fetch(URI.create("http://mirror.example/debian/file"), 1000, in -> in.transferTo(received)))
                .isTrue();
        assertThat(received).hasToString("content");
    }

    @Test
    void goesPastTheProxyToExemptHosts() {
        server.serve("/file", CONTENT);
        Downloader proxied =
                downloader(Map.of("HTTP_PROXY", "http://127.0.0.1:1", "NO_PROXY", ".example.org, 127.0.0.1"));

        assertThat(proxied.fetch(URI.create(server.root() + "/file"), 1000, in -> in.transferTo(received)))
                .isTrue();
    }

    @Test
    void goesPastTheProxyToThisMachine() {
        server.serve("/file", CONTENT);
        Downloader proxied = downloader(Map.of("http_proxy", "http://127.0.0.1:1"));

        assertThat(proxied.fetch(URI.create(server.root() + "/file"), 1000, in -> in.transferTo(received)))
                .isTrue();
    }

    @Test
    void refusesAProxyItCannotUseWithoutShowingItsPassword() {
        assertThatThrownBy(() -> downloader(Map.of("HTTPS_PROXY", "socks5://me:s3cret@proxy.example:1080")))
                .isInstanceOf(BuildException.class)
                .hasMessageNotContaining("s3cret");
    }

    private boolean fetch(String path) {
        return fetch(URI.create(server.root() + path));
    }

    private boolean fetch(URI uri) {
        return downloader(Map.of()).fetch(uri, 1000, in -> {
            received.reset();
            in.transferTo(received);
        });
    }

    private static Downloader downloader(Map<String, String> environment) {
        return new Downloader(
                new Transport(environment, Duration.ofMillis(500)),
                new Retries(List.of(Duration.ofMillis(1), Duration.ofMillis(1))));
    }

    private static void assertUnavailable(org.assertj.core.api.ThrowableAssert.ThrowingCallable fetch, String reason) {
        assertThatThrownBy(fetch)
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.UNAVAILABLE))
                .hasMessageContaining(reason);
    }

    private static HttpHandler firstly(int times, HttpHandler first, HttpHandler then) {
        AtomicInteger count = new AtomicInteger();
        return exchange -> (count.incrementAndGet() <= times ? first : then).handle(exchange);
    }

    private static void breakOff(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, CONTENT.length);
        exchange.getResponseBody().write(CONTENT, 0, 3);
        exchange.getResponseBody().flush();
    }

    private static HttpHandler redirect(String location) {
        return exchange -> {
            exchange.getResponseHeaders().set("Location", location);
            exchange.sendResponseHeaders(302, -1);
        };
    }

    private static void sleep() {
        try {
            Thread.sleep(60_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
