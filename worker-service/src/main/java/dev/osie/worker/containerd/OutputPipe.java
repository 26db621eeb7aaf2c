package dev.osie.worker.containerd;

import dev.osie.worker.action.ActionFailure;
import dev.osie.worker.action.LineSplitter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;

/**
 * One stream of a container's output. containerd writes to FIFOs by their paths, which Java can't make; but a pipe of this process has a path
 * as well, {@code /proc/PID/fd/N}, and who opens that has its other end. So nothing lies in a file that grows, and a container that writes
 * faster than the console takes it waits. The path means the same to containerd if both see the same process IDs.
 *
 * <p>containerd's shim, one process a container, keeps both ends open. So the pipe outlives this process, with what nobody has read yet, and a
 * later life finds it among the shim's.
 */
final class OutputPipe implements AutoCloseable {
    private static final ProcessPipes OWN = ProcessPipes.own();
    private static final int ATTEMPTS = 10;
    private static final long LAST_OUTPUT_MILLIS = 5_000;

    private final String name;
    private final Path path;
    private final ReadableByteChannel source;
    private final Optional<WritableByteChannel> sink;
    private Optional<Thread> reader = Optional.empty();

    private OutputPipe(String name, Path path, ReadableByteChannel source, Optional<WritableByteChannel> sink) {
        this.name = name;
        this.path = path;
        this.source = source;
        this.sink = sink;
    }

    /** Makes a pipe. */
    static synchronized OutputPipe open() throws ActionFailure {
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                Map<String, Path> before = OWN.byName();
                Pipe pipe = Pipe.open();
                Map<String, Path> made = OWN.byName();
                made.keySet().removeAll(before.keySet());
                // More than one: another thread made one at the same time.
                if (made.size() == 1) {
                    Map.Entry<String, Path> own = made.entrySet().iterator().next();
                    return new OutputPipe(own.getKey(), own.getValue(), pipe.source(), Optional.of(pipe.sink()));
                }
                pipe.sink().close();
                pipe.source().close();
            }
            throw new ActionFailure("no pipe for its output can be told from others");
        } catch (IOException e) {
            throw new ActionFailure("no pipe for its output", e);
        }
    }

    /**
     * Opens the pipe that an earlier life of this process made.
     *
     * @param name as that life called it
     * @param shim the pipes of the container's shim
     * @return empty when the shim has no such pipe, or this process may not look
     */
    static Optional<OutputPipe> opened(String name, ProcessPipes shim) {
        try {
            Path path = shim.byName().get(name);
            return path == null
                    ? Optional.empty()
                    : Optional.of(new OutputPipe(
                            name, path, FileChannel.open(path, StandardOpenOption.READ), Optional.empty()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The kernel's name of it, as long as anybody has it open. */
    String name() {
        return name;
    }

    /** Where containerd is to write to. */
    String path() {
        return path.toString();
    }

    /** From now on, what is written to it becomes lines. */
    void readTo(LineSplitter lines) {
        Thread thread = new Thread(() -> read(lines), "output");
        thread.setDaemon(true);
        thread.start();
        reader = Optional.of(thread);
    }

    private void read(LineSplitter lines) {
        byte[] bytes = new byte[32 * 1024];
        try {
            int count;
            while ((count = source.read(ByteBuffer.wrap(bytes))) >= 0) {
                lines.write(bytes, count);
            }
        } catch (IOException e) {
            // Closed under its hands, as somebody still holds the other end.
        }
        lines.end();
    }

    /** Takes what is still in the pipe; to be called when containerd has let go of it. */
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        try {
            if (sink.isPresent()) {
                sink.get().close();
            }
            if (reader.isPresent()) {
                reader.get().join(LAST_OUTPUT_MILLIS);
            }
            source.close();
        } catch (IOException e) {
            // The process has no use for it any more.
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
