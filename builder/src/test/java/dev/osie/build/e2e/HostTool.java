package dev.osie.build.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A program of the host that the tests need. */
final class HostTool {
    private final Path executable;

    private HostTool(Path executable) {
        this.executable = executable;
    }

    /** Finds the program, or fails saying which Debian package brings it. */
    static HostTool require(String name, String debianPackage) {
        return Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin", "/sbin"))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .map(HostTool::new)
                .orElseThrow(() -> new AssertionError("This test needs " + name + ": apt install " + debianPackage));
    }

    Path executable() {
        return executable;
    }

    List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(executable.toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Runs it to its end and returns what it printed; a failure fails the test. */
    String run(String... arguments) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command(arguments))
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command(arguments)) + " ended with status "
                        + process.exitValue() + ":\n" + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
