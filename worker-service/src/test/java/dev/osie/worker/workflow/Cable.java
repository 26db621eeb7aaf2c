package dev.osie.worker.workflow;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The network between a worker and its server, on loopback, which a test can disturb. */
public final class Cable implements AutoCloseable {
    /** What the network does. */
    public enum State {
        WHOLE,
        /** What is sent disappears, connections are taken and stay. */
        SILENT,
        /** What the server sends disappears, what the worker sends arrives. */
        DEAF,
        /** Connections are cut as soon as they are made. */
        CUT
    }

    private final ServerSocket listening;
    private final int server;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile State state = State.WHOLE;

    public Cable(int server) throws IOException {
        this.server = server;
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(() -> {
            while (true) {
                join(listening.accept());
            }
        });
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** How many connections the worker has made. */
    public int connections() {
        return connections.get();
    }

    /** From now on; a cut ends the connections that are there. */
    public void set(State next) throws IOException {
        state = next;
        if (next == State.CUT) {
            drop();
        }
    }

    /** Ends the connections that are there, once. */
    public void drop() throws IOException {
        for (Socket socket : open) {
            open.remove(socket);
            socket.close();
        }
    }

    private void join(Socket worker) throws IOException {
        connections.incrementAndGet();
        if (state == State.CUT) {
            worker.close();
            return;
        }
        Socket far = new Socket();
        open.add(worker);
        open.add(far);
        start(() -> {
            // A server that is away is a connection that ends.
            try (worker;
                    far) {
                far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server));
                start(() -> copy(far.getInputStream(), worker.getOutputStream(), false));
                copy(worker.getInputStream(), far.getOutputStream(), true);
            }
        });
    }

    private void copy(InputStream in, OutputStream out, boolean toServer) throws IOException {
        byte[] buffer = new byte[8192];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            if (state == State.WHOLE || (state == State.DEAF && toServer)) {
                out.write(buffer, 0, count);
            }
        }
        out.close();
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void start(Step step) {
        Thread thread = new Thread(() -> {
            try {
                step.run();
            } catch (IOException e) {
                // One end has gone.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        drop();
    }
}
