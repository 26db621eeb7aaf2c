package dev.osie.worker.workflow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP proxy that goes to one port of this machine, whatever it is asked for: by CONNECT (RFC 9110, section 9.3.6), or passing requests
 * on, one a connection.
 */
public final class ConnectProxy implements AutoCloseable {
    private final ServerSocket listening;
    private final int target;
    private final Optional<String> login;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile boolean tunnels = true;

    public ConnectProxy(int target) throws IOException {
        this(target, Optional.empty());
    }

    private ConnectProxy(int target, Optional<String> login) throws IOException {
        this.target = target;
        this.login = login;
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(() -> {
            while (true) {
                Socket client = listening.accept();
                start(() -> serve(client));
            }
        });
    }

    /** One that lets in this user alone. */
    public static ConnectProxy withLogin(int target, String user, String password) throws IOException {
        String login = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(ISO_8859_1));
        return new ConnectProxy(target, Optional.of("\r\nproxy-authorization: basic " + login + "\r\n"));
    }

    /** From now on it passes requests on and makes no tunnel. */
    public void refuseTunnels() {
        tunnels = false;
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** The requests with their headers. */
    public List<String> requests() {
        return requests;
    }

    private void serve(Socket client) throws IOException {
        try (client) {
            InputStream in = client.getInputStream();
            OutputStream out = client.getOutputStream();
            String request = head(in);
            requests.add(request);
            if (login.isPresent()
                    && !request.toLowerCase(Locale.ROOT).contains(login.get().toLowerCase(Locale.ROOT))) {
                out.write(("HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\n"
                                + "Content-Length: 0\r\nConnection: close\r\n\r\n")
                        .getBytes(ISO_8859_1));
                return;
            }
            if (!tunnels && request.startsWith("CONNECT ")) {
                out.write("HTTP/1.1 403 Not this port\r\nContent-Length: 0\r\n\r\n".getBytes(ISO_8859_1));
                return;
            }
            try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
                if (request.startsWith("CONNECT ")) {
                    out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
                } else {
                    server.getOutputStream().write(passedOn(request).getBytes(ISO_8859_1));
                }
                start(() -> {
                    server.getInputStream().transferTo(out);
                    client.shutdownOutput();
                });
                in.transferTo(server.getOutputStream());
            }
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("a connection without a request");
            }
            request.append((char) next);
        }
        return request.toString();
    }

    /** Without what is for the proxy. */
    private static String passedOn(String request) {
        return request.replaceFirst(" http://[^/ ]+", " ")
                .replaceAll("(?i)\r\n(Proxy-[^:]+|Connection):[^\r]*", "")
                .replaceFirst("\r\n\r\n$", "\r\nConnection: close\r\n\r\n");
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void start(Step step) {
        Thread thread = new Thread(() -> {
            try {
                step.run();
            } catch (IOException e) {
                // One side has gone.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
