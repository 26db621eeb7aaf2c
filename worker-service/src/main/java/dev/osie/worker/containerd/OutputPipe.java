package dev.osie.worker.containerd;

import dev.osie.worker.action.ActionFailure;
import dev.osie.worker.action.LineSplitter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * One stream of a container's output. containerd writes to FIFOs by their paths, which Java can't make; but a pipe of this process has a path
 * as well, {@code /proc/PID/fd/N}, and who opens that has its other end. So nothing lies in a file that grows, and a container that writes
 * faster than the console takes it waits. The path means the same to containerd if both see the same process IDs.
 */
final class OutputPipe implements AutoCloseable {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final int ATTEMPTS = 10;
    private static final long LAST_OUTPUT_MILLIS = 5_000;

    private final Pipe pipe;
    private final String path;
    private final LineSplitter lines;
    private final Thread reader = new Thread(this::read, "output");

    private OutputPipe(Pipe pipe, String path, LineSplitter lines) {
        this.pipe = pipe;
        this.path = path;
        this.lines = lines;
    }

    /** Makes a pipe; what is written to it becomes lines. */
    static synchronized OutputPipe open(LineSplitter lines) throws ActionFailure {
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                Map<String, Path> before = pipes();
                Pipe pipe = Pipe.open();
                Map<String, Path> made = pipes();
                made.keySet().removeAll(before.keySet());
                // More than one: another thread made one at the same time.
                if (made.size() == 1) {
                    Path descriptor = made.values().iterator().next().getFileName();
                    OutputPipe output = new OutputPipe(
                            pipe, "/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor, lines);
                    output.reader.setDaemon(true);
                    output.reader.start();
                    return output;
                }
                pipe.sink().close();
                pipe.source().close();
            }
            throw new ActionFailure("no pipe for its output can be told from others");
        } catch (IOException e) {
            throw new ActionFailure("no pipe for its output", e);
        }
    }

    /** The pipes of this process by their names in the kernel, {@code pipe:[inode]}. */
    private static Map<String, Path> pipes() throws IOException {
        Map<String, Path> pipes = new HashMap<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                String target = target(descriptor);
                if (target.startsWith("pipe:")) {
                    pipes.put(target, descriptor);
                }
            }
        }
        return pipes;
    }

    private static String target(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException e) {
            // Closed meanwhile, as the directory's own is.
            return "";
        }
    }

    /** Where containerd is to write to. */
    String path() {
        return path;
    }

    private void read() {
        byte[] bytes = new byte[32 * 1024];
        try {
            int count;
            while ((count = pipe.source().read(ByteBuffer.wrap(bytes))) >= 0) {
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
            pipe.sink().close();
            reader.join(LAST_OUTPUT_MILLIS);
            pipe.source().close();
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
