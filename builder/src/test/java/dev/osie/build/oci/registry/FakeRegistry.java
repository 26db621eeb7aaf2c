package dev.osie.build.oci.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.osie.build.store.Digest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/** A registry on loopback that serves what it is given, and misbehaves where a test asks for it. */
final class FakeRegistry implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Content> contents = new ConcurrentHashMap<>();
    private final Map<String, HttpHandler> overrides = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();

    private final FakeUploads uploads = new FakeUploads(this);

    private volatile String challenge = "";
    private volatile String wanted = "";

    private static final Set<String> READING = Set.of("GET", "HEAD");

    private record Content(String type, byte[] bytes) {}

    private FakeRegistry(HttpServer server) {
        this.server = server;
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    static FakeRegistry start() throws IOException {
        return start(0);
    }

    static FakeRegistry start(int port) throws IOException {
        return new FakeRegistry(HttpServer.create(address(port), 0));
    }

    static FakeRegistry withTls(SSLContext context) throws IOException {
        HttpsServer server = HttpsServer.create(address(0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return new FakeRegistry(server);
    }

    private static InetSocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** Serves a manifest under its digest and these tags. */
    Digest manifest(String repository, String type, String json, String... tags) {
        byte[] bytes = json.getBytes(UTF_8);
        Digest digest = Digest.of(bytes);
        contents.put("/v2/" + repository + "/manifests/" + digest, new Content(type, bytes));
        for (String tag : tags) {
            contents.put("/v2/" + repository + "/manifests/" + tag, new Content(type, bytes));
        }
        return digest;
    }

    Digest blob(String repository, byte[] bytes) {
        Digest digest = Digest.of(bytes);
        contents.put("/v2/" + repository + "/blobs/" + digest, new Content("application/octet-stream", bytes));
        return digest;
    }

    /** Takes what was pushed to a path. */
    void put(String path, String type, byte[] bytes) {
        contents.put(path, new Content(type, bytes));
    }

    Optional<byte[]> content(String path) {
        return Optional.ofNullable(contents.get(path)).map(Content::bytes);
    }

    FakeUploads uploads() {
        return uploads;
    }

    /** Answers requests for the path in another way. */
    void override(String path, HttpHandler handler) {
        overrides.put(path, handler);
    }

    /** Lets nobody below {@code /v2/} who doesn't send this authorization. */
    void protect(String challenge, String authorization) {
        this.challenge = challenge;
        this.wanted = authorization;
    }

    /** Answers as without {@link #override}, ranges and pushes included. */
    void serve(HttpExchange exchange) throws IOException {
        if (!READING.contains(exchange.getRequestMethod())
                || uploads.isUpload(exchange.getRequestURI().getPath())) {
            uploads.handle(exchange);
            return;
        }
        Content content = contents.get(exchange.getRequestURI().getPath());
        if (content == null) {
            boolean root = exchange.getRequestURI().getPath().equals("/v2/");
            exchange.sendResponseHeaders(root ? 200 : 404, -1);
            return;
        }
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
        byte[] bytes = Arrays.copyOfRange(content.bytes(), from, content.bytes().length);
        exchange.getResponseHeaders().add("Content-Type", content.type());
        exchange.getResponseHeaders()
                .add("Docker-Content-Digest", Digest.of(content.bytes()).toString());
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        exchange.sendResponseHeaders(range == null ? 200 : 206, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        requests.add(exchange.getRequestMethod() + " " + path);
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        if (authorization != null) {
            authorizations.add(authorization);
        }
        try (exchange) {
            HttpHandler override = overrides.get(path);
            if (path.startsWith("/v2/") && !wanted.isEmpty() && !wanted.equals(authorization)) {
                exchange.getResponseHeaders().add("WWW-Authenticate", challenge);
                exchange.sendResponseHeaders(401, -1);
            } else if (override != null) {
                override.handle(exchange);
            } else {
                serve(exchange);
            }
        }
    }

    List<String> requests() {
        return requests;
    }

    List<String> authorizations() {
        return authorizations;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
