package dev.osie.build.e2e;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The monitor of a running QEMU, by which devices are plugged in. */
final class QemuMonitor implements AutoCloseable {
    private static final String PROMPT = "(qemu) ";

    private final SocketChannel channel;

    private QemuMonitor(SocketChannel channel) {
        this.channel = channel;
    }

    /** What makes a QEMU listen there. */
    static List<String> arguments(Path socket) {
        return List.of("-monitor", "unix:" + socket + ",server=on,wait=off");
    }

    static QemuMonitor connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        QemuMonitor monitor = new QemuMonitor(channel);
        monitor.readToPrompt();
        return monitor;
    }

    /** Runs a command and returns what it says, which is nothing when it did what it was asked for. */
    String run(String command) throws IOException {
        channel.write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.US_ASCII)));
        // The monitor echoes what is typed, with the codes of a terminal; the answer begins on the next line.
        String said = readToPrompt();
        return said.substring(said.indexOf('\n') + 1).strip();
    }

    private String readToPrompt() throws IOException {
        StringBuilder said = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        while (!said.toString().endsWith(PROMPT)) {
            if (channel.read(buffer) < 0) {
                throw new IOException("QEMU closed its monitor after: " + said);
            }
            said.append(StandardCharsets.UTF_8.decode(buffer.flip()));
            buffer.clear();
        }
        return said.substring(0, said.length() - PROMPT.length());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
