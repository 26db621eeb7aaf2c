package dev.osie.worker.containerd;

import dev.osie.worker.docker.Capabilities;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A containerd of a test's own: its socket, images and containers lie in one directory. */
final class ContainerdDaemon {
    private static final Duration START = Duration.ofSeconds(60);

    private final Path directory;
    private Process process;

    private ContainerdDaemon(Path directory) {
        this.directory = directory;
    }

    /** @param directory an empty directory; a short path, as those of sockets are limited */
    static ContainerdDaemon start(Path directory) throws IOException, InterruptedException {
        ContainerdDaemon daemon = new ContainerdDaemon(directory);
        daemon.writeRunc();
        Files.writeString(directory.resolve("config.toml"), """
                version = 2
                root = "%1$s/root"
                state = "%1$s/state"
                disabled_plugins = ["io.containerd.grpc.v1.cri"]
                [grpc]
                  address = "%1$s/containerd.sock"
                """.formatted(directory));
        daemon.start();
        return daemon;
    }

    /** Privileged containers get every capability, which runc refuses where the test itself has not got them all. */
    private void writeRunc() throws IOException {
        StringBuilder dropped = new StringBuilder();
        for (String capability : Capabilities.missing()) {
            dropped.append("s/\"%1$s\",//g;s/,\"%1$s\"//g;".formatted(capability));
        }
        Path script = Files.createDirectory(directory.resolve("bin")).resolve("runc");
        Files.writeString(script, """
                #!/bin/sh
                PATH=$PATH_OF_TEST:/usr/sbin:/sbin
                last=
                for argument; do
                    [ "$last" != --bundle ] || sed -i '%s' "$argument/config.json"
                    last=$argument
                done
                exec runc "$@"
                """.formatted(dropped));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void start() throws IOException, InterruptedException {
        File log = directory.resolve("containerd.log").toFile();
        ProcessBuilder command = new ProcessBuilder(
                "containerd", "--config", directory.resolve("config.toml").toString());
        String path = System.getenv("PATH");
        command.environment().put("PATH_OF_TEST", path);
        command.environment().put("PATH", directory.resolve("bin") + ":" + path + ":/usr/sbin:/sbin");
        command.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        try {
            process = command.start();
        } catch (IOException e) {
            throw new IllegalStateException("this test needs containerd: apt install containerd", e);
        }
        long end = System.nanoTime() + START.toNanos();
        try (Containerd containerd = Containerd.at(socket(), namespace())) {
            while (containerd.silence().isPresent()) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw new IllegalStateException("containerd did not start:\n" + Files.readString(log.toPath()));
                }
                Thread.sleep(100);
            }
        }
    }

    String socket() {
        return directory.resolve("containerd.sock").toString();
    }

    /** One of its own: runc keeps the containers of all daemons in one place, by their namespaces. */
    String namespace() {
        return "test-" + ProcessHandle.current().pid();
    }

    /** What its client prints. */
    String ctr(String... arguments) throws IOException, InterruptedException {
        ProcessBuilder command = new ProcessBuilder("ctr", "--address", socket(), "--namespace", namespace());
        command.command().addAll(List.of(arguments));
        Process client = command.redirectErrorStream(true).start();
        String said = new String(client.getInputStream().readAllBytes());
        client.waitFor();
        return said;
    }

    /** Kills it as a crash would, and starts it again some time later; containers go on. */
    void crash() throws IOException, InterruptedException {
        process.destroyForcibly().waitFor();
        Thread.sleep(1000);
        start();
    }

    void stop() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        for (String mount : Files.readAllLines(Path.of("/proc/self/mounts"))) {
            String target = mount.split(" ")[1];
            if (target.startsWith(directory + "/")) {
                new ProcessBuilder("umount", "-l", target).start().waitFor();
            }
        }
    }
}
