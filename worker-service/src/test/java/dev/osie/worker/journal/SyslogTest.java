package dev.osie.worker.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SyslogTest {
    private DatagramSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        server.setSoTimeout(10_000);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void sendsEachLineAsADatagram() throws IOException {
        Instant before = Instant.now().minusSeconds(1);
        try (Syslog syslog = Syslog.start("127.0.0.1", server.getLocalPort(), "02:00:00:00:00:01")) {
            syslog.write(false, "partition | /dev/vda: ä");
            syslog.write(true, "partition ! no such disk");

            String[] first = receive().split(" ", 8);
            assertThat(first[0]).isEqualTo("<30>1");
            assertThat(Instant.parse(first[1])).isBetween(before, Instant.now());
            assertThat(first[2]).isEqualTo("02:00:00:00:00:01");
            assertThat(first[3]).isEqualTo("tink-worker");
            assertThat(first[7]).isEqualTo("partition | /dev/vda: ä");
            assertThat(receive()).startsWith("<27>1 ").endsWith(" - - - partition ! no such disk");
        }
    }

    @Test
    void aNameThatIsNoHeaderWordIsMadeOne() throws IOException {
        try (Syslog syslog = Syslog.start("127.0.0.1", server.getLocalPort(), "lab ä")) {
            syslog.write(false, "x");

            assertThat(receive().split(" ")[2]).isEqualTo("lab__");
        }
    }

    @Test
    void sendsALongLineInPiecesThatDoNotCutCharacters() throws IOException {
        String line = "x" + "€".repeat(2000);
        try (Syslog syslog = Syslog.start("127.0.0.1", server.getLocalPort(), "w")) {
            syslog.write(false, line);

            StringBuilder received = new StringBuilder();
            while (received.length() < line.length()) {
                String datagram = receive();
                assertThat(datagram.getBytes(UTF_8).length).isLessThanOrEqualTo(2048);
                received.append(datagram.split(" ", 8)[7]);
            }
            assertThat(received).hasToString(line);
        }
    }

    @Test
    void aServerThatCannotBeFoundSlowsNobodyAndKeepsLittle() {
        long start = System.nanoTime();
        try (Syslog syslog = Syslog.start("no-such-host.invalid", 514, "w")) {
            for (int i = 0; i < 100_000; i++) {
                syslog.write(false, "line " + i);
            }
        }

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void aServerThatIsDownSlowsNobody() {
        int port = server.getLocalPort();
        server.close();
        long start = System.nanoTime();
        try (Syslog syslog = Syslog.start("127.0.0.1", port, "w")) {
            for (int i = 0; i < 100_000; i++) {
                syslog.write(false, "line " + i);
            }
        }

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void saysHowManyLinesHadNoPlace() throws IOException {
        List<String> received = new ArrayList<>();
        try (Syslog syslog = Syslog.start("127.0.0.1", server.getLocalPort(), "w")) {
            for (int round = 0; round < 20 && received.stream().noneMatch(SyslogTest::isNotice); round++) {
                for (int i = 0; i < 20 * Syslog.WAITING; i++) {
                    syslog.write(false, "line " + i);
                }
                drain(received);
                syslog.write(false, "the end");
                drain(received);
            }
        }

        assertThat(received).anyMatch(SyslogTest::isNotice).last().asString().endsWith(" the end");
    }

    private static boolean isNotice(String datagram) {
        return datagram.matches("<27>1 .* - - - tink-worker: \\d+ lines were left out here");
    }

    private void drain(List<String> received) throws IOException {
        server.setSoTimeout(300);
        try {
            while (true) {
                received.add(receive());
            }
        } catch (SocketTimeoutException e) {
            server.setSoTimeout(10_000);
        }
    }

    private String receive() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        server.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), UTF_8);
    }
}
