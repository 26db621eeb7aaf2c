package dev.osie.build.e2e;

import com.sun.net.httpserver.HttpServer;
import dev.osie.build.store.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** What a workflow writes to a disk, served as {@code /image.gz} on the host's loopback interface. */
final class DiskContent implements AutoCloseable {
    static final int MEBIBYTE = 1 << 20;

    private static final int SIZE = 24 * MEBIBYTE;

    private final byte[] bytes = new byte[SIZE];
    private final HttpServer server;

    private DiskContent(HttpServer server) {
        // Bytes that no file system or leftover looks like, the same in every run.
        new Random(1).nextBytes(bytes);
        this.server = server;
    }

    static DiskContent serve() throws IOException {
        DiskContent content =
                new DiskContent(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(compressed)) {
            out.write(content.bytes);
        }
        content.server.createContext("/image.gz", exchange -> {
            exchange.sendResponseHeaders(200, compressed.size());
            try (OutputStream body = exchange.getResponseBody()) {
                compressed.writeTo(body);
            }
        });
        content.server.start();
        return content;
    }

    int port() {
        return server.getAddress().getPort();
    }

    byte[] bytes() {
        return bytes.clone();
    }

    int mebibytes() {
        return SIZE / MEBIBYTE;
    }

    String sha256() {
        return Digest.of(bytes).hex();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
