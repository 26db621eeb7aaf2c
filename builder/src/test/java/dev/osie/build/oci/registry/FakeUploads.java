package dev.osie.build.oci.registry;

import com.sun.net.httpserver.HttpExchange;
import dev.osie.build.store.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The part of a registry that is pushed to. */
final class FakeUploads {
    private static final Pattern PATH = Pattern.compile("/v2/(.+)/blobs/uploads/(.*)");

    private final FakeRegistry registry;
    private final Map<String, ByteArrayOutputStream> sessions = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong received = new AtomicLong();

    private volatile String elsewhere = "";
    private volatile long largest = Long.MAX_VALUE;
    private volatile long cutAfter = Long.MAX_VALUE;
    private final AtomicInteger forgets = new AtomicInteger();
    private final AtomicInteger cuts = new AtomicInteger();

    FakeUploads(FakeRegistry registry) {
        this.registry = registry;
    }

    /** Where uploads are sent: {@code http://…}. */
    void sendTo(String address) {
        elsewhere = address;
    }

    /** Refuses larger requests. */
    void limit(long bytes) {
        largest = bytes;
    }

    /** Closes the connection of the next requests when they have brought so many bytes. */
    void cut(int times, long bytes) {
        cuts.set(times);
        cutAfter = bytes;
    }

    /** Forgets an upload when it is asked how far it came. */
    void forget(int times) {
        forgets.set(times);
    }

    /** How many are left to forget. */
    int forgets() {
        return forgets.get();
    }

    /** Bytes of blobs that arrived. */
    long received() {
        return received.get();
    }

    boolean isUpload(String path) {
        return PATH.matcher(path).matches();
    }

    void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Matcher upload = PATH.matcher(path);
        switch (exchange.getRequestMethod()) {
            case "POST" -> begin(exchange, upload);
            case "PATCH" -> patch(exchange, upload);
            case "GET" -> {
                if (forgets.get() > 0) {
                    forgets.decrementAndGet();
                    sessions.clear();
                }
                status(exchange, upload, 204);
            }
            case "PUT" -> {
                if (upload.matches()) {
                    finish(exchange, upload);
                } else {
                    manifest(exchange, path);
                }
            }
            default -> exchange.sendResponseHeaders(405, -1);
        }
    }

    private void begin(HttpExchange exchange, Matcher upload) throws IOException {
        upload.matches();
        Optional<String> mount = parameter(exchange, "mount");
        Optional<byte[]> other = mount.flatMap(
                digest -> registry.content("/v2/" + parameter(exchange, "from").orElse("") + "/blobs/" + digest));
        if (other.isPresent()) {
            registry.put("/v2/" + upload.group(1) + "/blobs/" + mount.orElseThrow(), "x/y", other.get());
            exchange.sendResponseHeaders(201, -1);
            return;
        }
        String id = Integer.toString(count.incrementAndGet());
        sessions.put(id, new ByteArrayOutputStream());
        locate(exchange, upload.group(1), id);
        exchange.sendResponseHeaders(202, -1);
    }

    private void locate(HttpExchange exchange, String repository, String id) {
        exchange.getResponseHeaders()
                .add("Location", elsewhere + "/v2/" + repository + "/blobs/uploads/" + id + "?state=" + id);
    }

    private static Optional<String> parameter(HttpExchange exchange, String name) {
        String query = Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse("");
        return Arrays.stream(query.split("&"))
                .filter(part -> part.startsWith(name + "="))
                .map(part -> part.substring(name.length() + 1))
                .findFirst();
    }

    private void patch(HttpExchange exchange, Matcher upload) throws IOException {
        upload.matches();
        ByteArrayOutputStream session = sessions.get(upload.group(2));
        if (session == null) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        String range = exchange.getRequestHeaders().getFirst("Content-Range");
        if (range != null && !range.startsWith(session.size() + "-")) {
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        if (length(exchange) > largest) {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(413, -1);
            return;
        }
        if (take(exchange, session)) {
            status(exchange, upload, 202);
        }
    }

    private static long length(HttpExchange exchange) {
        return Long.parseLong(exchange.getRequestHeaders().getFirst("Content-Length"));
    }

    /** Whether the whole arrived. */
    private boolean take(HttpExchange exchange, ByteArrayOutputStream session) throws IOException {
        InputStream in = exchange.getRequestBody();
        byte[] buffer = new byte[1 << 12];
        boolean cut = length(exchange) > cutAfter && cuts.getAndDecrement() > 0;
        long left = cut ? cutAfter : Long.MAX_VALUE;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            int kept = (int) Math.min(read, left);
            session.write(buffer, 0, kept);
            received.addAndGet(kept);
            left -= kept;
            if (left == 0) {
                return false; // closing the exchange now closes the connection
            }
        }
        return true;
    }

    private void status(HttpExchange exchange, Matcher upload, int status) throws IOException {
        upload.matches();
        ByteArrayOutputStream session = sessions.get(upload.group(2));
        if (session == null) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        locate(exchange, upload.group(1), upload.group(2));
        exchange.getResponseHeaders().add("Range", "0-" + Math.max(0, session.size() - 1));
        exchange.sendResponseHeaders(status, -1);
    }

    private void finish(HttpExchange exchange, Matcher upload) throws IOException {
        ByteArrayOutputStream session = sessions.remove(upload.group(2));
        if (session == null) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        take(exchange, session);
        String digest = parameter(exchange, "digest").orElse("");
        boolean right = Digest.of(session.toByteArray()).toString().equals(digest);
        if (right) {
            registry.put("/v2/" + upload.group(1) + "/blobs/" + digest, "x/y", session.toByteArray());
        }
        exchange.sendResponseHeaders(right ? 201 : 400, -1);
    }

    private void manifest(HttpExchange exchange, String path) throws IOException {
        byte[] bytes = exchange.getRequestBody().readAllBytes();
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        registry.put(path, type, bytes);
        registry.put(path.replaceFirst("[^/]*$", Digest.of(bytes).toString()), type, bytes);
        exchange.sendResponseHeaders(201, -1);
    }
}
