package dev.osie.build.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The product as its users run it: the launcher in a process of its own.
 *
 * @param wrapper the program it is run by, such as taskset or setpriv, with its arguments
 * @param project whose launcher is run, in the project's root
 * @param environment what differs from the environment of the tests
 */
record OsieBuild(List<String> wrapper, Project project, Map<String, String> environment) {
    private static final Duration LIMIT = Duration.ofMinutes(9);

    /** Runs inside another program. */
    OsieBuild under(String... program) {
        return new OsieBuild(List.of(program), project, environment);
    }

    OsieBuild with(String variable, String value) {
        Map<String, String> extended = new TreeMap<>(environment);
        extended.put(variable, value);
        return new OsieBuild(wrapper, project, extended);
    }

    /** Runs with the store of downloads and steps below a directory. */
    OsieBuild cachingIn(Path directory) {
        return with("XDG_CACHE_HOME", directory.toString());
    }

    /**
     * What a run left.
     *
     * @param output its standard output
     * @param errors its standard error, where progress and messages go
     */
    record Result(int exitCode, String output, String errors) {
        /** Fails the test, with what the program said, when it did not do what it was asked for. */
        Result succeeded() {
            if (exitCode != 0) {
                throw new AssertionError("osie-build ended with exit code " + exitCode + ":\n" + errors);
            }
            return this;
        }
    }

    /** Its process, to be started. */
    ProcessBuilder process(String... arguments) {
        List<String> command = new ArrayList<>(wrapper);
        command.add(project.directory().resolve("osie-build").toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(project.directory().toFile());
        builder.environment().putAll(environment);
        return builder;
    }

    /** Runs it to its end. */
    Result run(String... arguments) throws IOException, InterruptedException {
        return run(LIMIT, arguments);
    }

    /** The same for what takes its time. */
    Result run(Duration limit, String... arguments) throws IOException, InterruptedException {
        Process process = process(arguments).start();
        process.getOutputStream().close();
        CompletableFuture<String> errors = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
        CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> text(process.getInputStream()));
        if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(
                    "osie-build did not end within " + limit.toMinutes() + " minutes:\n" + errors.join());
        }
        return new Result(process.exitValue(), output.join(), errors.join());
    }

    private static String text(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
