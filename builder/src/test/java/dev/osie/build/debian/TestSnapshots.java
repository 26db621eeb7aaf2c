package dev.osie.build.debian;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A snapshot service on the loopback interface that answers as Debian's does: states of the archives by time, where a time between two leads
 * by a redirect to the earlier; files by SHA-1; and what it has of a version of a package, as JSON.
 */
public final class TestSnapshots implements AutoCloseable {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    /** By archive, time and path below the archive. */
    private final Map<String, TreeMap<String, Map<String, byte[]>>> states = new ConcurrentHashMap<>();

    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Map<String, Map<String, String>> binaries = new ConcurrentHashMap<>();

    private TestSnapshots(HttpServer server) {
        this.server = server;
    }

    /** A service that has seen nothing yet. */
    public static TestSnapshots start() {
        try {
            TestSnapshots snapshots =
                    new TestSnapshots(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
            snapshots.server.createContext("/", snapshots::answer);
            snapshots.server.setExecutor(snapshots.threads);
            snapshots.server.start();
            return snapshots;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI root() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    public SnapshotService service() {
        return new SnapshotService(root());
    }

    /** Paths asked for so far, with their queries. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** An archive that had this one package at that time. */
    public void saw(Instant time, BinaryPackage binary, TestDeb deb) {
        saw(time, binary, deb.bytes());
    }

    /** The same with other bytes for the package's file. */
    public void saw(Instant time, BinaryPackage binary, byte[] bytes) {
        states.computeIfAbsent(binary.archive().toString(), any -> new TreeMap<>())
                .computeIfAbsent(TIME.format(time), any -> new LinkedHashMap<>())
                .put(binary.path(), bytes);
        String sha1 = sha1(bytes);
        files.put(sha1, bytes);
        int slash = binary.path().lastIndexOf('/');
        String info = "{\"archive_name\": \"" + binary.archive() + "\", \"first_seen\": \"" + TIME.format(time)
                + "\", \"name\": \"" + binary.path().substring(slash + 1) + "\", \"path\": \"/"
                + binary.path().substring(0, slash) + "\", \"size\": " + bytes.length + "}";
        binaries.computeIfAbsent(binary.name() + "/" + binary.version(), any -> new LinkedHashMap<>())
                .put(sha1 + " " + binary.architecture(), info);
    }

    /** An archive that had nothing more at that time. */
    public void sawNothing(Instant time, Archive archive) {
        states.computeIfAbsent(archive.toString(), any -> new TreeMap<>())
                .put(TIME.format(time), new LinkedHashMap<>());
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        requests.add(exchange.getRequestURI().toString());
        String[] parts = path.substring(1).split("/", 4);
        try (exchange) {
            if (parts.length == 4 && parts[0].equals("archive")) {
                state(exchange, parts[1], parts[2], parts[3]);
            } else if (parts.length == 2 && parts[0].equals("file") && files.containsKey(parts[1])) {
                send(exchange, files.get(parts[1]));
            } else if (path.startsWith("/mr/binary/") && path.endsWith("/binfiles")) {
                files(exchange, path.substring("/mr/binary/".length(), path.length() - "/binfiles".length()));
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private void state(HttpExchange exchange, String archive, String time, String path) throws IOException {
        Map.Entry<String, Map<String, byte[]>> state =
                states.getOrDefault(archive, new TreeMap<>()).floorEntry(time);
        if (state == null || state.getKey().equals(time) && !state.getValue().containsKey(path)) {
            exchange.sendResponseHeaders(404, -1);
        } else if (!state.getKey().equals(time)) {
            String raw = exchange.getRequestURI().getRawPath();
            exchange.getResponseHeaders().add("Location", raw.replace("/" + time + "/", "/" + state.getKey() + "/"));
            exchange.sendResponseHeaders(302, -1);
        } else {
            send(exchange, state.getValue().get(path));
        }
    }

    private void files(HttpExchange exchange, String binary) throws IOException {
        Map<String, String> found = binaries.get(binary);
        if (found == null) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        StringBuilder result = new StringBuilder();
        StringBuilder infos = new StringBuilder();
        found.forEach((hash, info) -> {
            String[] parts = hash.split(" ");
            String comma = result.isEmpty() ? "" : ", ";
            result.append(comma)
                    .append("{\"architecture\": \"")
                    .append(parts[1])
                    .append("\", \"hash\": \"")
                    .append(parts[0])
                    .append("\"}");
            infos.append(comma)
                    .append('"')
                    .append(parts[0])
                    .append("\": [")
                    .append(info)
                    .append(']');
        });
        boolean wanted = "fileinfo=1".equals(exchange.getRequestURI().getQuery());
        String fileinfo = wanted ? ", \"fileinfo\": {" + infos + "}" : "";
        String[] name = binary.split("/");
        send(
                exchange,
                ("{\"_comment\": \"a test\", \"binary\": \"" + name[0] + "\", \"binary_version\": \"" + name[1] + "\""
                                + fileinfo + ", \"result\": [" + result + "]}")
                        .getBytes(UTF_8));
    }

    private static void send(HttpExchange exchange, byte[] content) throws IOException {
        exchange.sendResponseHeaders(200, content.length);
        exchange.getResponseBody().write(content);
    }

    private static String sha1(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
