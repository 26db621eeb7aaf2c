package dev.osie.worker.containerd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The pipes that a process has open, by their names in the kernel, {@code pipe:[inode]}. */
record ProcessPipes(long process) {
    private static final Path PROCESSES = Path.of("/proc");
    private static final String SHIM = "containerd-shim";

    static ProcessPipes own() {
        return new ProcessPipes(ProcessHandle.current().pid());
    }

    /**
     * Those of the shim of a container.
     *
     * @return empty when none is seen; the kernel hides other processes from one that isn't to see them
     */
    static Optional<ProcessPipes> ofShim(String container) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
            for (Path process : processes) {
                if (isShim(process, container)) {
                    return Optional.of(new ProcessPipes(
                            Long.parseLong(process.getFileName().toString())));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // As good as none.
        }
        return Optional.empty();
    }

    private static boolean isShim(Path process, String container) {
        try {
            List<String> arguments =
                    Arrays.asList(new String(Files.readAllBytes(process.resolve("cmdline")), UTF_8).split("\0"));
            int id = arguments.indexOf("-id");
            return arguments.get(0).contains(SHIM)
                    && id >= 0
                    && id + 1 < arguments.size()
                    && arguments.get(id + 1).equals(container);
        } catch (IOException e) {
            // It has ended meanwhile.
            return false;
        }
    }

    /** Each pipe with a path that leads to it. */
    Map<String, Path> byName() throws IOException {
        Map<String, Path> pipes = new HashMap<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(PROCESSES.resolve(process + "/fd"))) {
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
}
