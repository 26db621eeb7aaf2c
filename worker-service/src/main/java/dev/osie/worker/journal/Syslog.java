package dev.osie.worker.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.osie.worker.console.Journal;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Sends lines to a syslog server, one UDP datagram each (RFC 5424 and 5426): facility daemon, severity informational, or error for what
 * programs write to their standard error. A thread of its own looks up the server and sends. While it can't, some hundred lines
 * wait, and those that have no place are counted and left out.
 */
public final class Syslog implements Journal {
    /** Lines that wait at most; a line has at most some KiB. */
    static final int WAITING = 512;

    /** Every server takes datagrams of this length, in bytes; longer lines are sent in pieces. */
    private static final int DATAGRAM = 2048;

    private static final int INFORMATIONAL = 3 * 8 + 6;
    private static final int ERROR = 3 * 8 + 3;
    private static final long LOOK_UP_SECONDS = 10;
    private static final long LAST_MILLIS = 500;

    private final String host;
    private final int port;
    private final String machine;
    private final BlockingQueue<Entry> waiting = new ArrayBlockingQueue<>(WAITING);
    private final Thread thread;
    private int lost;
    private volatile boolean closing;

    private Syslog(String host, int port, String machine) {
        this.host = host;
        this.port = port;
        this.machine = headerWord(machine);
        thread = new Thread("syslog") {
            @Override
            public void run() {
                sendAll();
            }
        };
        thread.setDaemon(true);
    }

    /**
     * Begins to send.
     *
     * @param machine what the server is to call this machine
     */
    public static Syslog start(String host, int port, String machine) {
        Syslog syslog = new Syslog(host, port, machine);
        syslog.thread.start();
        return syslog;
    }

    private record Entry(Instant time, int priority, String text) {}

    @Override
    public synchronized void write(boolean error, String line) {
        if (lost > 0 && waiting.remainingCapacity() > 1) {
            waiting.offer(entry(ERROR, "tink-worker: " + lost + " lines were left out here"));
            lost = 0;
        }
        if (!waiting.offer(entry(error ? ERROR : INFORMATIONAL, line))) {
            lost++;
        }
    }

    private static Entry entry(int priority, String text) {
        return new Entry(Instant.now().truncatedTo(ChronoUnit.MILLIS), priority, text);
    }

    private void sendAll() {
        try (DatagramSocket socket = new DatagramSocket()) {
            InetAddress server = lookUp();
            while (!closing || !waiting.isEmpty()) {
                Entry entry = waiting.poll(100, TimeUnit.MILLISECONDS);
                if (entry != null) {
                    send(socket, server, entry);
                }
            }
        } catch (IOException | InterruptedException e) {
            // No socket, or the end: lines are left out from now on.
        }
    }

    private InetAddress lookUp() throws InterruptedException {
        while (true) {
            try {
                return InetAddress.getByName(host);
            } catch (IOException e) {
                TimeUnit.SECONDS.sleep(LOOK_UP_SECONDS);
            }
        }
    }

    private void send(DatagramSocket socket, InetAddress server, Entry entry) {
        byte[] header =
                ("<" + entry.priority() + ">1 " + entry.time() + " " + machine + " tink-worker - - - ").getBytes(UTF_8);
        byte[] text = entry.text().getBytes(UTF_8);
        int start = 0;
        do {
            int end = Math.min(text.length, start + DATAGRAM - header.length);
            while (end < text.length && end > start + 1 && (text[end] & 0xc0) == 0x80) {
                end--;
            }
            byte[] datagram = new byte[header.length + end - start];
            System.arraycopy(header, 0, datagram, 0, header.length);
            System.arraycopy(text, start, datagram, header.length, end - start);
            try {
                socket.send(new DatagramPacket(datagram, datagram.length, server, port));
            } catch (IOException e) {
                // No route now; there may be one for the next line.
            }
            start = end;
        } while (start < text.length);
    }

    /** What RFC 5424 takes in a header: printable ASCII without blanks. */
    private static String headerWord(String text) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < text.length() && word.length() < 255; i++) {
            char c = text.charAt(i);
            word.append(c > ' ' && c < 0x7f ? c : '_');
        }
        return word.length() == 0 ? "-" : word.toString();
    }

    /** Gives the lines that wait half a second to be sent. */
    @Override
    public void close() {
        closing = true;
        try {
            thread.join(LAST_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
    }
}
