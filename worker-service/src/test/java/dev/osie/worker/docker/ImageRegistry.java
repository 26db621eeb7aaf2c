package dev.osie.worker.docker;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.osie.worker.certificate.SelfSigned;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** An image registry on loopback (OCI distribution specification, pull only) with one image made of the host's busybox. */
public final class ImageRegistry implements AutoCloseable {
    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final String MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

    private final HttpsServer server;
    private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final Optional<String> expected;
    private final byte[] manifest;
    private final byte[] entrypoint;
    private final byte[] agent;

    private ImageRegistry(SelfSigned certificate, Optional<String> expected)
            throws IOException, GeneralSecurityException {
        this.expected = expected;
        manifest = image("\"Cmd\":[\"echo\",\"the image's own command\"]");
        entrypoint = image("\"Entrypoint\":[\"echo\",\"entered with\"],\"Cmd\":[\"its own\"]");
        agent = image("\"Cmd\":[\"sh\",\"-c\",\"trap 'exit 0' TERM; echo an agent for $WORKER_ID;"
                + " while :; do sleep 0.1; done\"]");
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        // Docker speaks TLS to a registry on loopback too, and believes it whatever its certificate.
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
        server.createContext("/v2/", this::handle);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
    }

    public static ImageRegistry open(SelfSigned certificate) throws IOException, GeneralSecurityException {
        return new ImageRegistry(certificate, Optional.empty());
    }

    public static ImageRegistry withLogin(SelfSigned certificate, String user, String password)
            throws IOException, GeneralSecurityException {
        String login = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
        return new ImageRegistry(certificate, Optional.of("Basic " + login));
    }

    public String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** The reference of the image that is there. */
    public String busybox() {
        return host() + "/test/busybox:1";
    }

    /** What that image's manifest is named by. */
    public String digest() {
        return digest(manifest);
    }

    /** The same with an entrypoint that repeats its command. */
    public String withEntrypoint() {
        return host() + "/test/entrypoint:1";
    }

    /** An image that says whose it is and runs until it is told to end. */
    String agent() {
        return host() + "/test/agent:1";
    }

    /** Answers the next requests for the manifest with an internal error. */
    public void fail(int times) {
        failures.set(times);
    }

    /** Every login that was sent. */
    public List<String> authorizations() {
        return authorizations;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            if (authorization != null) {
                authorizations.add(authorization);
            }
            String path = exchange.getRequestURI().getPath();
            if (expected.isPresent() && !expected.get().equals(authorization)) {
                exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"test\"");
                answer(exchange, 401, "application/json", error("UNAUTHORIZED"));
            } else if (path.equals("/v2/")) {
                answer(exchange, 200, "application/json", "{}".getBytes(UTF_8));
            } else if (path.contains("/manifests/") && failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                answer(exchange, 500, "application/json", error("UNKNOWN"));
            } else if (path.equals("/v2/test/busybox/manifests/1") || path.endsWith(digest(manifest))) {
                answer(exchange, 200, MANIFEST, manifest);
            } else if (path.equals("/v2/test/entrypoint/manifests/1") || path.endsWith(digest(entrypoint))) {
                answer(exchange, 200, MANIFEST, entrypoint);
            } else if (path.equals("/v2/test/agent/manifests/1") || path.endsWith(digest(agent))) {
                answer(exchange, 200, MANIFEST, agent);
            } else if (blobs.containsKey(path.substring(path.lastIndexOf('/') + 1))) {
                answer(exchange, 200, "application/octet-stream", blobs.get(path.substring(path.lastIndexOf('/') + 1)));
            } else {
                answer(exchange, 404, "application/json", error("MANIFEST_UNKNOWN"));
            }
        }
    }

    private static void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.getResponseHeaders().add("Docker-Distribution-Api-Version", "registry/2.0");
        if (type.equals(MANIFEST)) {
            exchange.getResponseHeaders().add("Docker-Content-Digest", digest(body));
        }
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) {
            exchange.getResponseHeaders().add("Content-Length", Integer.toString(body.length));
        }
        exchange.sendResponseHeaders(status, head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }

    private static byte[] error(String code) {
        return ("{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"" + code + "\"}]}").getBytes(UTF_8);
    }

    private byte[] image(String command) throws IOException {
        byte[] tar = layer();
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(tar);
        }
        byte[] layer = compressed.toByteArray();
        byte[] config = ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Env\":[\"PATH=/bin\"],"
                        + command + "},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
                        + digest(tar) + "\"]}}")
                .getBytes(UTF_8);
        blobs.put(digest(layer), layer);
        blobs.put(digest(config), config);
        return ("{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\",\"config\":"
                        + descriptor("application/vnd.docker.container.image.v1+json", config) + ",\"layers\":["
                        + descriptor("application/vnd.docker.image.rootfs.diff.tar.gzip", layer) + "]}")
                .getBytes(UTF_8);
    }

    private static String descriptor(String type, byte[] content) {
        return "{\"mediaType\":\"" + type + "\",\"size\":" + content.length + ",\"digest\":\"" + digest(content)
                + "\"}";
    }

    private static byte[] layer() throws IOException {
        if (!Files.exists(BUSYBOX)) {
            throw new IllegalStateException("this test needs a static busybox: apt install busybox-static");
        }
        byte[] busybox = Files.readAllBytes(BUSYBOX);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            TarArchiveEntry program = new TarArchiveEntry("bin/busybox");
            program.setSize(busybox.length);
            program.setMode(0755);
            tar.putArchiveEntry(program);
            tar.write(busybox);
            tar.closeArchiveEntry();
            for (String applet : List.of("sh", "echo", "cat", "env", "sleep", "grep", "head", "readlink", "tr")) {
                TarArchiveEntry link = new TarArchiveEntry("bin/" + applet, TarConstants.LF_SYMLINK);
                link.setLinkName("busybox");
                tar.putArchiveEntry(link);
                tar.closeArchiveEntry();
            }
            tar.putArchiveEntry(new TarArchiveEntry("tmp/"));
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    private static String digest(byte[] content) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
