package dev.osie.build.toolchain;

import static dev.osie.build.failure.BuildException.missingTool;
import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.store.Scratch;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import dev.osie.build.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A directory of this machine. */
final class NativeWorkspace implements Workspace {
    private final Scratch scratch;
    private final Path directory;

    NativeWorkspace(Scratch scratch) {
        this.scratch = scratch;
        this.directory = scratch.path().resolve("work");
        try {
            Files.createDirectory(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By tar, as it is there anyway, and knows links, modes and times. */
    @Override
    public void put(Tree files) {
        Path tar = scratch.path().resolve("files.tar");
        try {
            Owned.write(files, 0, tar);
            tar("-xpf", tar.toString(), "--no-same-owner", "-C", directory.toString());
            Files.delete(tar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Tree take(String path, Scratch to) {
        try {
            Path tar = Files.createTempFile(to.path(), "taken-", ".tar");
            Path parent = directory.resolve(TreePath.parent(path));
            tar("-cf", tar.toString(), "--format=pax", "-C", parent.toString(), "--", TreePath.name(path));
            return TarLayer.read(tar).tree();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void tar(String... arguments) {
        StringBuilder said = new StringBuilder();
        Command command = new Command(
                Stream.concat(Stream.of("tar"), Stream.of(arguments)).toList(), new TreeMap<>());
        if (run(command, line -> said.append('\n').append(line)) != 0) {
            throw unavailable("Tried to move files with tar, but it failed:" + said);
        }
    }

    @Override
    public int run(Command command, Consumer<String> lines) {
        Process process = start(builder(command).redirectErrorStream(true), command);
        return end(process, () -> {
            Lines cut = new Lines(lines);
            try (InputStream in = process.getInputStream()) {
                byte[] buffer = new byte[1 << 13];
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    cut.write(buffer, count);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            cut.finish();
        });
    }

    @Override
    public int runOnTerminal(Command command) {
        return end(start(builder(command).inheritIO(), command), () -> {});
    }

    private ProcessBuilder builder(Command command) {
        ProcessBuilder builder = new ProcessBuilder(command.line()).directory(directory.toFile());
        Map<String, String> environment = builder.environment();
        String path = environment.getOrDefault("PATH", "/usr/bin:/bin");
        String terminal = environment.getOrDefault("TERM", "dumb");
        environment.clear();
        environment.putAll(command.variables());
        environment.put("PATH", path);
        environment.put("TERM", terminal);
        environment.put("HOME", directory.toString());
        return builder;
    }

    private static Process start(ProcessBuilder builder, Command command) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw missingTool("Tried to run " + command.words().get(0) + ", but " + e.getMessage())
                    .because(e);
        }
    }

    /** The exit status. What the process started goes with it when this program has to end first. */
    private static int end(Process process, Runnable reading) {
        Thread killer = new Thread(() -> kill(process), "end of a command");
        Runtime.getRuntime().addShutdownHook(killer);
        try {
            reading.run();
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("Interrupted while a command ran.").because(e);
        } finally {
            kill(process);
            forget(killer);
        }
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }

    private static void forget(Thread killer) {
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException e) {
            // The process is ending, and the hook does its work.
        }
    }

    @Override
    public void close() {
        scratch.close();
    }
}
