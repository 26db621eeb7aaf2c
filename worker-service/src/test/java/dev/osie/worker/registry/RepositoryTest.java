package dev.osie.worker.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.osie.worker.image.Descriptor;
import dev.osie.worker.image.ImageReference;
import dev.osie.worker.settings.RegistryLogin;
import dev.osie.worker.settings.RegistryProxies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the registries of the tests with containerd don't do: tokens, blobs that are elsewhere, and lies. */
@Timeout(30)
class RepositoryTest {
    private static final byte[] BLOB = "0123456789".getBytes(UTF_8);
    private static final Descriptor DESCRIPTOR = new Descriptor("x", Descriptor.digestOf(BLOB), BLOB.length);

    private HttpServer registry;
    private HttpServer elsewhere;

    /** Server, path and authorization of each request. */
    private final List<String> requests = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws IOException {
        elsewhere = serve();
        elsewhere.createContext("/", exchange -> {
            note("elsewhere", exchange);
            String range = exchange.getRequestHeaders().getFirst("Range");
            int start = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
            answer(exchange, start == 0 ? 200 : 206, new String(BLOB, start, BLOB.length - start, UTF_8));
        });
        registry = serve();
        registry.createContext("/", exchange -> {
            note("registry", exchange);
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/token")) {
                answer(exchange, 200, "{\"token\":\"t0k3n\"}");
            } else if (!"Bearer t0k3n".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                exchange.getResponseHeaders()
                        .add(
                                "WWW-Authenticate",
                                "Bearer realm=\"http://" + host(registry) + "/token\",service=\"s t\",scope=\"x\"");
                answer(exchange, 401, "{}");
            } else if (path.contains("/blobs/")) {
                exchange.getResponseHeaders().add("Location", "http://" + host(elsewhere) + "/there?a=b");
                answer(exchange, 307, "");
            } else if (path.endsWith("/manifests/1")) {
                exchange.getResponseHeaders().add("Content-Type", "application/x; charset=utf-8");
                answer(exchange, 200, "a manifest");
            } else if (path.contains("/manifests/sha256:")) {
                answer(exchange, 200, "another manifest");
            } else {
                answer(exchange, 404, "{\"errors\":[{\"message\":\"no such thing\"}]}");
            }
        });
    }

    @AfterEach
    void stop() {
        registry.stop(0);
        elsewhere.stop(0);
    }

    @Test
    void getsATokenWithTheLoginOfItsRegistry() throws IOException {
        String basic = "Basic " + Base64.getEncoder().encodeToString("u:p".getBytes(UTF_8));

        Repository.Document document = repository().manifest("1");

        assertThat(document.bytes()).asString().isEqualTo("a manifest");
        assertThat(document.mediaType()).isEqualTo("application/x");
        assertThat(requests)
                .containsExactly(
                        "registry /v2/a/b/manifests/1 null",
                        "registry /token?service=s+t&scope=repository%3Aa%2Fb%3Apull " + basic,
                        "registry /v2/a/b/manifests/1 Bearer t0k3n");
    }

    @Test
    void goesWhereTheRegistryKeepsABlobWithoutItsToken() throws IOException {
        assertThat(repository().blob(DESCRIPTOR, 0).content().readAllBytes()).isEqualTo(BLOB);

        assertThat(requests).last().isEqualTo("elsewhere /there?a=b null");
    }

    @Test
    void goesOnWhereABlobWasCutShort() throws IOException {
        Repository.Blob rest = repository().blob(DESCRIPTOR, 4);

        assertThat(rest.start()).isEqualTo(4);
        assertThat(rest.content().readAllBytes()).asString(UTF_8).isEqualTo("456789");
    }

    @Test
    void believesNoDocumentThatHasAnotherDigest() {
        assertThatThrownBy(() -> repository().manifest(DESCRIPTOR.digest()))
                .isInstanceOf(IOException.class)
                .hasMessage("the registry sends something else than " + DESCRIPTOR.digest());
    }

    @Test
    void saysWhatTheRegistrySays() {
        assertThatThrownBy(() -> repository().manifest("other"))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.isLasting()).isTrue())
                .hasMessage(host(registry) + " answers 404 Not Found: no such thing");
    }

    @Test
    void beginsNothingAfterItWasAborted() {
        Repository repository = repository();
        repository.abort();

        assertThatThrownBy(() -> repository.manifest("1")).hasMessage("the pull was given up");
        assertThat(requests).isEmpty();
    }

    @Test
    void theLoginAndTheMirrorsOfDockerHubAreForThemAlone() {
        RegistryLogin login = new RegistryLogin("own.example:5000", "u", "p");
        Registries registries = new Registries(
                Optional.of(login),
                List.of(URI.create("http://m.example/hub")),
                List.of("lax.example"),
                RegistryProxies.NONE);

        assertThat(registries.endpoints(new ImageReference("own.example:5000/a")))
                .containsExactly(new Endpoint(URI.create("https://own.example:5000"), false, Optional.of(login)));
        assertThat(registries.endpoints(new ImageReference("lax.example/a")))
                .containsExactly(new Endpoint(URI.create("https://lax.example"), true, Optional.empty()));
        assertThat(registries.endpoints(new ImageReference("a")))
                .containsExactly(
                        new Endpoint(URI.create("http://m.example/hub"), false, Optional.empty()),
                        new Endpoint(URI.create("https://registry-1.docker.io"), false, Optional.empty()));
    }

    private Repository repository() {
        Optional<RegistryLogin> login = Optional.of(new RegistryLogin(host(registry), "u", "p"));
        return new Repository(
                new Endpoint(URI.create("http://" + host(registry)), true, login), "a/b", RegistryProxies.NONE);
    }

    private static HttpServer serve() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
        return server;
    }

    private static String host(HttpServer server) {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private void note(String server, HttpExchange exchange) {
        requests.add(server + " " + exchange.getRequestURI() + " "
                + exchange.getRequestHeaders().getFirst("Authorization"));
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
