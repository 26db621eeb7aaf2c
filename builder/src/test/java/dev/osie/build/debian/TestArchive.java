package dev.osie.build.debian;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
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
 * A mirror on the loopback interface with a small archive of packages made on the spot: signed, indexed and served as Debian does, and
 * easy to break.
 */
public final class TestArchive implements AutoCloseable {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM uuuu HH:mm:ss 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, HttpHandler> answers = new ConcurrentHashMap<>();
    private final Map<String, byte[]> contents = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Map<Archive, Map<String, String>> stanzas = new EnumMap<>(Archive.class);

    private TestArchive(HttpServer server) {
        this.server = server;
    }

    /** A mirror that serves nothing yet. */
    public static TestArchive start() {
        try {
            TestArchive archive =
                    new TestArchive(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
            archive.server.createContext("/", archive::answer);
            archive.server.setExecutor(archive.threads);
            archive.server.start();
            return archive;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        requests.add(path);
        HttpHandler answer = answers.getOrDefault(path, status(404));
        try (exchange) {
            answer.handle(exchange);
        }
    }

    static HttpHandler status(int status) {
        return exchange -> exchange.sendResponseHeaders(status, -1);
    }

    static HttpHandler content(byte[] content) {
        return exchange -> {
            exchange.sendResponseHeaders(200, content.length == 0 ? -1 : content.length);
            exchange.getResponseBody().write(content);
        };
    }

    /** Root of the server, without a slash at the end. */
    public URI root() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    public Mirror mirror() {
        return new Mirror(URI.create(root() + "/debian"), URI.create(root() + "/debian-security"), "the test");
    }

    /** Paths asked for so far. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** Answers requests for a path, such as {@code /debian/dists/trixie/InRelease}, from now on so. */
    public void answer(String path, HttpHandler handler) {
        answers.put(path, handler);
    }

    /** What it has at a path now. */
    public byte[] content(String path) {
        return contents.get(path);
    }

    /** Answers with some content. */
    public static void send(HttpExchange exchange, byte[] content) throws IOException {
        content(content).handle(exchange);
    }

    public void serve(String path, byte[] content) {
        contents.put(path, content);
        answer(path, content(content));
    }

    /** Adds a package to an archive's pool and to the index that is published next. */
    public BinaryPackage add(Archive archive, TestDeb deb) {
        byte[] bytes = deb.bytes();
        Blob blob = new Blob(Digest.of(bytes), bytes.length);
        String path = "pool/main/" + deb.name().charAt(0) + "/" + deb.name() + "/" + deb.fileName();
        serve("/" + archive + "/" + path, bytes);
        String stanza = deb.stanza() + "Filename: " + path + "\nSize: " + bytes.length + "\nSHA256: "
                + blob.digest().hex() + "\n\n";
        stanzas.computeIfAbsent(archive, any -> new LinkedHashMap<>()).put(path, stanza);
        PackageIndex.Builder index = new PackageIndex.Builder();
        try {
            index.add(new java.io.ByteArrayInputStream(stanza.getBytes(StandardCharsets.UTF_8)), archive);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return index.build().candidate(deb.name()).orElseThrow().binary();
    }

    /** Leaves a package out of the index that is published next, and takes its file away, as an archive does with what is superseded. */
    public void drop(BinaryPackage binary) {
        stanzas.get(binary.archive()).remove(binary.path());
        answer("/" + binary.archive() + "/" + binary.path(), status(404));
    }

    private String index(Archive archive, String architecture) {
        StringBuilder index = new StringBuilder();
        stanzas.getOrDefault(archive, Map.of()).forEach((path, stanza) -> {
            if (path.endsWith("_" + architecture + ".deb") || path.endsWith("_all.deb")) {
                index.append(stanza);
            }
        });
        return index.toString();
    }

    private boolean has(String architecture) {
        return stanzas.values().stream()
                .flatMap(all -> all.keySet().stream())
                .anyMatch(path -> path.endsWith("_" + architecture + ".deb"));
    }

    /**
     * Publishes what was added so far, for amd64, and for arm64 if there is something for it, as a suite of that date which is valid for a week. The first component has all of it, the
     * others have nothing.
     */
    public void publish(Suite suite, Instant date, TestKey key) {
        publish(suite, date, key, List.of());
    }

    /**
     * Publishes the same, and that there is nothing for others.
     *
     * @param empty architectures as Debian calls them
     */
    public void publish(Suite suite, Instant date, TestKey key, List<String> empty) {
        String directory = "/" + suite.archive() + "/dists/" + suite.name() + "/";
        Map<String, byte[]> published = new TreeMap<>();
        for (String architecture : has("arm64") ? List.of("amd64", "arm64") : List.of("amd64")) {
            for (String component : suite.components()) {
                boolean first = component.equals(suite.components().get(0));
                String content = first ? index(suite.archive(), architecture) : "";
                published.put(
                        component + "/binary-" + architecture + "/Packages.xz",
                        TestDeb.compress(".xz", content.getBytes(StandardCharsets.UTF_8)));
            }
        }
        for (String architecture : empty) {
            for (String component : suite.components()) {
                published.put(
                        component + "/binary-" + architecture + "/Packages.xz", TestDeb.compress(".xz", new byte[0]));
            }
        }
        published.forEach((path, index) -> serve(directory + path, index));
        serve(directory + "InRelease", key.clearSign(release(suite, date, published)));
    }

    static String release(Suite suite, Instant date, String path, byte[] index) {
        return release(suite, date, Map.of(path, index));
    }

    private static String release(Suite suite, Instant date, Map<String, byte[]> indexes) {
        StringBuilder files = new StringBuilder();
        indexes.forEach((path, index) -> files.append(' ')
                .append(Digest.of(index).hex())
                .append(' ')
                .append(index.length)
                .append(' ')
                .append(path)
                .append('\n'));
        return "Origin: Test\nSuite: stable\nCodename: " + suite.name() + "\nDate: " + DATE.format(date)
                + "\nValid-Until: " + DATE.format(date.plusSeconds(7 * 86400)) + "\nSHA256:\n" + files;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
