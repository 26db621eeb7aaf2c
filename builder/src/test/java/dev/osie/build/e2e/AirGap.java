package dev.osie.build.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A place from which no network can be reached: a network namespace of its own, where the machine allows that to its users. Besides, and for
 * machines that don't, every proxy that the environment names is one that counts who comes.
 */
final class AirGap implements AutoCloseable {
    private final ServerSocket trap;
    private final AtomicInteger caught = new AtomicInteger();

    private AirGap(ServerSocket trap) {
        this.trap = trap;
    }

    static AirGap open() throws IOException {
        AirGap gap = new AirGap(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        Thread thread = new Thread(gap::count, "trap");
        thread.setDaemon(true);
        thread.start();
        return gap;
    }

    private void count() {
        try {
            while (true) {
                trap.accept().close();
                caught.incrementAndGet();
            }
        } catch (IOException e) {
            // It was closed.
        }
    }

    /** The product behind the gap, with umask 077. */
    OsieBuild behind(OsieBuild build) throws IOException, InterruptedException {
        OsieBuild trapped = build;
        for (String variable : new String[] {"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"}) {
            trapped = trapped.with(variable, "http://127.0.0.1:" + trap.getLocalPort());
        }
        trapped = trapped.with("no_proxy", "").with("NO_PROXY", "");
        String umask = "umask 077; exec \"$@\"";
        return hasNamespaces()
                ? trapped.under("unshare", "-rn", "/bin/sh", "-c", umask, "sh")
                : trapped.under("/bin/sh", "-c", umask, "sh");
    }

    private static boolean hasNamespaces() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        HostTool.require("unshare", "util-linux").command("-rn", "true"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    /** How many connections were tried. */
    int caught() {
        return caught.get();
    }

    @Override
    public void close() throws IOException {
        trap.close();
    }
}
