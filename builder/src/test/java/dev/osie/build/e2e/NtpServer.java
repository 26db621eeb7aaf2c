package dev.osie.build.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;

/** A time server on the loopback interface whose clock is off by a known amount (RFC 5905, as much as an SNTP client looks at). */
final class NtpServer implements AutoCloseable {
    /** Seconds from 1900, where NTP begins to count, to 1970. */
    private static final long EPOCH = 2_208_988_800L;

    private static final int PACKET = 48;
    private static final byte VERSION_4_SERVER = 0x24;

    private final DatagramSocket socket;
    private final Duration ahead;

    private NtpServer(DatagramSocket socket, Duration ahead) {
        this.socket = socket;
        this.ahead = ahead;
    }

    static NtpServer start(Duration ahead) throws IOException {
        NtpServer server = new NtpServer(new DatagramSocket(0, InetAddress.getLoopbackAddress()), ahead);
        Thread thread = new Thread(server::answer, "ntp server");
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    int port() {
        return socket.getLocalPort();
    }

    /** The time that it tells. */
    Instant now() {
        return Instant.now().plus(ahead);
    }

    private void answer() {
        try {
            while (true) {
                DatagramPacket question = new DatagramPacket(new byte[PACKET], PACKET);
                socket.receive(question);
                byte[] answer = answer(question.getData());
                socket.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
            }
        } catch (SocketException e) {
            // Closed: the test is over.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] answer(byte[] question) {
        ByteBuffer packet = ByteBuffer.allocate(PACKET);
        // Stratum 2, asked every 64 s, precise to a microsecond; no delay, no dispersion.
        packet.put(VERSION_4_SERVER).put((byte) 2).put((byte) 6).put((byte) -20);
        packet.putInt(0).putInt(0).put(new byte[] {127, 0, 0, 1});
        putTime(packet, now().minusSeconds(1));
        packet.put(question, 40, 8); // when the client asked, by its clock
        putTime(packet, now());
        putTime(packet, now());
        return packet.array();
    }

    private static void putTime(ByteBuffer packet, Instant time) {
        packet.putInt((int) (time.getEpochSecond() + EPOCH));
        packet.putInt((int) (((long) time.getNano() << 32) / 1_000_000_000L));
    }

    @Override
    public void close() {
        socket.close();
    }
}
