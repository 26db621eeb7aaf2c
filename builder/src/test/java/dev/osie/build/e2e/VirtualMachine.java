package dev.osie.build.e2e;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A running QEMU whose serial console the test reads and types on. Everything it says is kept in a file, for whoever looks into a failure. */
final class VirtualMachine implements AutoCloseable {
    /** The one way in which the emulator, not the guest, is known to fail: now and then under multi-threaded TCG. */
    private static final Pattern EMULATOR_FAULT = Pattern.compile("int3: 0000 \\[#\\d+\\]");

    private static final int TAIL = 3000;

    private final Process process;
    private final Path log;
    private final OutputStream keyboard;
    private final StringBuilder screen = new StringBuilder();
    private boolean ended;
    private volatile boolean closed;

    private VirtualMachine(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.keyboard = process.getOutputStream();
    }

    static VirtualMachine start(List<String> command, Path log) throws IOException {
        Files.createDirectories(log.getParent());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        VirtualMachine machine = new VirtualMachine(process, log);
        Thread reader = new Thread(machine::read, "serial console");
        reader.setDaemon(true);
        reader.start();
        return machine;
    }

    private void read() {
        try (Reader in = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8);
                Writer copy = Files.newBufferedWriter(log)) {
            char[] buffer = new char[4096];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                String text = new String(buffer, 0, count).replace("\r", "");
                copy.write(text);
                copy.flush();
                synchronized (this) {
                    screen.append(text);
                    notifyAll();
                }
            }
        } catch (IOException e) {
            // Ending the process closes its streams under the reader's hands.
            if (!closed) {
                throw new UncheckedIOException(e);
            }
        } finally {
            synchronized (this) {
                ended = true;
                notifyAll();
            }
        }
    }

    /** How much it has said so far; a place from which {@link #waitFor(String, int, Duration)} can look. */
    synchronized int position() {
        return screen.length();
    }

    synchronized String screen() {
        return screen.toString();
    }

    /** Waits until the console shows the regular expression, since the machine was started. */
    MatchResult waitFor(String regex, Duration limit) throws InterruptedException {
        return waitFor(regex, 0, limit);
    }

    /** Waits until the console shows the regular expression after a position. */
    synchronized MatchResult waitFor(String regex, int from, Duration limit) throws InterruptedException {
        Pattern pattern = Pattern.compile(regex, Pattern.MULTILINE);
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            Matcher matcher = pattern.matcher(screen);
            if (matcher.find(from)) {
                return matcher.toMatchResult();
            }
            failOnEmulatorFault();
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (ended || left <= 0) {
                throw new AssertionError(
                        (ended ? "The machine ended" : "The machine ran for " + limit.toSeconds() + " s")
                                + " without showing /" + regex + "/; its console is in " + log + " and says last:\n"
                                + tail());
            }
            wait(left);
        }
    }

    private void failOnEmulatorFault() {
        if (EMULATOR_FAULT.matcher(screen).find()) {
            throw new EmulatorFault("The guest's kernel died of an int3 that only the emulator can have made: " + log);
        }
    }

    private String tail() {
        return screen.substring(Math.max(0, screen.length() - TAIL));
    }

    /** Types a line on the console. */
    void type(String line) throws IOException {
        keyboard.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        keyboard.flush();
    }

    /** Runs a command in the console's shell and returns what it prints. */
    String shell(String command, Duration limit) throws IOException, InterruptedException {
        int from = position();
        // The marks are spelled apart, so that the echo of what is typed does not look like an answer.
        type("echo be''gin; " + command + "; echo e''nd $?");
        MatchResult answer = waitFor("^begin\n((?s:.*?))^end (\\d+)$", from, limit);
        return answer.group(1);
    }

    /** Waits until QEMU has ended by itself, as it does when the guest powers off, and returns its exit status. */
    int awaitEnd(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("The machine did not end within " + limit.toSeconds() + " s; its console is in "
                    + log + " and says last:\n" + tail());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        closed = true;
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The emulator failed, not what was tested: worth one more boot, and a word about it. */
    static final class EmulatorFault extends RuntimeException {
        private static final long serialVersionUID = 1L;

        EmulatorFault(String message) {
            super(message);
        }
    }
}
