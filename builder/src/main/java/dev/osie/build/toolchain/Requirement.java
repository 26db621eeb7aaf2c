package dev.osie.build.toolchain;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Something that has to be installed.
 *
 * @param name for people
 * @param debianPackage that brings it
 * @param probe a command that succeeds when it is there; the first line it prints tells its version
 */
record Requirement(String name, String debianPackage, List<String> probe) {
    Requirement {
        probe = List.copyOf(probe);
    }

    static Requirement program(String name, String debianPackage) {
        return new Requirement(name, debianPackage, List.of(name, "--version"));
    }

    static Requirement header(String name, String debianPackage) {
        return new Requirement(
                name, debianPackage, List.of("gcc", "-fsyntax-only", "-x", "c", "-include", name, "/dev/null"));
    }

    /** Its version, an empty text when it doesn't tell; nothing when it isn't there. */
    Optional<String> version() {
        try {
            ProcessBuilder builder = new ProcessBuilder(probe).redirectErrorStream(true);
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0
                    ? Optional.of(output.lines().findFirst().orElse(""))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
