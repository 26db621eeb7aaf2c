package dev.osie.build.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before a server on loopback and cuts some connections, each when it has brought so many bytes to the server. */
final class CuttingProxy implements AutoCloseable {
    private final ServerSocket listening;
    private final int target;
    private final AtomicInteger cuts;
    private final long after;

    private CuttingProxy(ServerSocket listening, int target, int cuts, long after) {
        this.listening = listening;
        this.target = target;
        this.cuts = new AtomicInteger(cuts);
        this.after = after;
    }

    static CuttingProxy start(int target, int cuts, long after) throws IOException {
        CuttingProxy proxy =
                new CuttingProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target, cuts, after);
        run(proxy::accept);
        return proxy;
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Cuts that are left to make. */
    int cutsLeft() {
        return cuts.get();
    }

    private interface Transfer {
        void run() throws IOException;
    }

    private static void run(Transfer transfer) {
        Thread thread = new Thread(() -> {
            try {
                transfer.run();
            } catch (IOException e) {
                // A connection ended.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listening.accept();
            run(() -> {
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                run(() -> server.getInputStream().transferTo(client.getOutputStream()));
                try (client;
                        server) {
                    forward(client.getInputStream(), server.getOutputStream());
                }
            });
        }
    }

    private void forward(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[1 << 14];
        long count = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            out.write(buffer, 0, read);
            count += read;
            if (count > after && cuts.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
