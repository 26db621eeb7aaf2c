package dev.osie.worker.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.osie.worker.certificate.SelfSigned;
import dev.osie.worker.settings.RegistryProxies;
import dev.osie.worker.settings.Settings;
import dev.osie.worker.settings.SettingsReader;
import dev.osie.worker.workflow.ConnectProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Registries whose names nobody knows but a proxy. */
@Timeout(30)
class ProxiedRepositoryTest {
    @TempDir
    private static Path certificateDirectory;

    private static SelfSigned certificate;

    @TempDir
    private Path directory;

    private HttpsServer registry;
    private HttpServer clear;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** The path of each request that reached a registry, and its header that is for proxies alone. */
    private final List<String> requests = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = new SelfSigned(certificateDirectory);
    }

    @BeforeEach
    void start() throws Exception {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        registry = HttpsServer.create(any, 0);
        registry.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
        clear = HttpServer.create(any, 0);
        for (HttpServer server : List.of(registry, clear)) {
            server.createContext("/", this::handle);
            // A client that begins to speak TLS must not keep others waiting.
            server.setExecutor(threads);
            server.start();
        }
    }

    @AfterEach
    void stop() {
        registry.stop(0);
        clear.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            requests.add(path + " " + exchange.getRequestHeaders().getFirst("Proxy-Authorization"));
            boolean curious = path.endsWith("/curious");
            if (curious) {
                exchange.getResponseHeaders().add("Proxy-Authenticate", "Basic realm=\"proxy\"");
            }
            byte[] body = "a manifest".getBytes(UTF_8);
            exchange.sendResponseHeaders(curious ? 407 : 200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Test
    void goesThroughATunnelWithALoginForTheProxyAlone() throws Exception {
        try (ConnectProxy proxy = ConnectProxy.withLogin(registry.getAddress().getPort(), "u", "s3cret")) {
            Repository repository = repository("https://registry.invalid:5000", proxies(proxy, "u:s3cret@", ""));

            assertThat(repository.manifest("1").bytes()).asString(UTF_8).isEqualTo("a manifest");

            assertThat(proxy.requests()).allMatch(request -> request.startsWith("CONNECT registry.invalid:5000 "));
            assertThat(requests).containsExactly("/v2/a/b/manifests/1 null");
        }
    }

    @Test
    void tellsNoRegistryTheProxysLoginThoughItAsksForIt() throws Exception {
        try (ConnectProxy proxy = ConnectProxy.withLogin(registry.getAddress().getPort(), "u", "s3cret")) {
            Repository repository = repository("https://registry.invalid", proxies(proxy, "u:s3cret@", ""));

            assertThatThrownBy(() -> repository.manifest("curious")).isInstanceOf(IOException.class);

            assertThat(requests).isNotEmpty().allMatch(request -> request.endsWith("/curious null"));
        }
    }

    @Test
    void asksTheProxyForARegistryInTheClear() throws Exception {
        try (ConnectProxy proxy = ConnectProxy.withLogin(clear.getAddress().getPort(), "u", "s3cret")) {
            Repository repository = repository("http://registry.invalid:5000", proxies(proxy, "u:s3cret@", ""));

            assertThat(repository.manifest("1").bytes()).asString(UTF_8).isEqualTo("a manifest");

            assertThat(proxy.requests())
                    .singleElement()
                    .asString()
                    .startsWith("GET http://registry.invalid:5000/v2/a/b/manifests/1 ");
            assertThat(requests).containsExactly("/v2/a/b/manifests/1 null");
        }
    }

    @Test
    void goesInTheClearWhereTheProxyMakesNoTunnel() throws Exception {
        try (ConnectProxy proxy = new ConnectProxy(clear.getAddress().getPort())) {
            proxy.refuseTunnels();
            Repository repository = repository("https://registry.invalid:5000", proxies(proxy, "", ""));

            assertThat(repository.manifest("1").bytes()).asString(UTF_8).isEqualTo("a manifest");

            assertThat(proxy.requests()).hasSize(2);
        }
    }

    @Test
    void anExceptionIsReachedWithoutTheProxy() throws Exception {
        try (ConnectProxy proxy = new ConnectProxy(clear.getAddress().getPort())) {
            RegistryProxies proxies = proxies(proxy, "", "registry.invalid:5000");

            assertThatThrownBy(() ->
                            repository("http://registry.invalid:5000", proxies).manifest("1"))
                    .hasMessage("registry.invalid");
            repository("http://registry.invalid:5001", proxies).manifest("1");

            assertThat(proxy.requests()).hasSize(1);
        }
    }

    @Test
    void namesTheProxyThatRefusesWithoutItsLogin() throws Exception {
        try (ConnectProxy proxy = ConnectProxy.withLogin(registry.getAddress().getPort(), "u", "other")) {
            Endpoint endpoint = new Endpoint(URI.create("https://registry.invalid"), false, Optional.empty());
            Repository repository = new Repository(endpoint, "a/b", proxies(proxy, "u:s3cret@", ""));

            assertThatThrownBy(() -> repository.manifest("1"))
                    .hasMessageContaining("407")
                    .hasMessageEndingWith(", through the proxy http://127.0.0.1:" + proxy.port())
                    .hasMessageNotContaining("s3cret");
            assertThat(proxy.requests())
                    .as("a login that is wrong is not sent again and again")
                    .hasSizeLessThan(5);
            assertThat(requests).isEmpty();
        }
    }

    @Test
    void aProxyThatIsNotThereIsNotPassedBy() throws Exception {
        ConnectProxy proxy = new ConnectProxy(clear.getAddress().getPort());
        proxy.close();

        assertThatThrownBy(() -> repository("http://192.0.2.1", proxies(proxy, "u:s3cret@", ""))
                        .manifest("1"))
                .hasMessageEndingWith("refused, through the proxy http://127.0.0.1:" + proxy.port());
        assertThat(requests).isEmpty();
    }

    private static Repository repository(String base, RegistryProxies proxies) {
        return new Repository(new Endpoint(URI.create(base), true, Optional.empty()), "a/b", proxies);
    }

    private RegistryProxies proxies(ConnectProxy proxy, String login, String exceptions) throws IOException {
        String address = "http://" + login + "127.0.0.1:" + proxy.port();
        Path none = Files.writeString(directory.resolve("cmdline"), "worker_runtime=containerd");
        Map<String, String> variables = Map.of("HTTPS_PROXY", address, "HTTP_PROXY", address, "NO_PROXY", exceptions);
        Settings settings = new SettingsReader(none, directory, directory, variables, List.of()).read();
        return settings.containerd().orElseThrow().proxies();
    }
}
