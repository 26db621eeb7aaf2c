package dev.osie.worker.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A Docker daemon of a test's own: its socket, state and containers lie in one directory, and it touches no network. */
public final class DockerDaemon {
    private static final Duration START = Duration.ofSeconds(60);

    private final Path directory;
    private Process process;

    private DockerDaemon(Path directory) {
        this.directory = directory;
    }

    /** @param directory an empty directory; a short path, as those of sockets are limited */
    public static DockerDaemon start(Path directory) throws IOException, InterruptedException {
        DockerDaemon daemon = new DockerDaemon(directory);
        daemon.start();
        return daemon;
    }

    private Path runtime() throws IOException {
        StringBuilder dropped = new StringBuilder();
        for (String capability : Capabilities.missing()) {
            dropped.append("s/\"")
                    .append(capability)
                    .append("\",//g;s/,\"")
                    .append(capability)
                    .append("\"//g;");
        }
        Path script = directory.resolve("runc-here");
        Files.writeString(script, """
                #!/bin/sh
                # Privileged containers get every capability, which runc refuses where the test itself has not got them all.
                last=
                for argument; do
                    [ "$last" != --bundle ] || sed -i '%s' "$argument/config.json"
                    last=$argument
                done
                exec runc "$@"
                """.formatted(dropped));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script;
    }

    private void start() throws IOException, InterruptedException {
        File log = directory.resolve("dockerd.log").toFile();
        ProcessBuilder command = new ProcessBuilder(
                "dockerd",
                "--host=unix://" + socket(),
                "--data-root=" + directory.resolve("data"),
                "--exec-root=" + directory.resolve("exec"),
                "--pidfile=" + directory.resolve("pid"),
                "--storage-driver=vfs",
                "--add-runtime=here=" + runtime(),
                "--default-runtime=here",
                "--bridge=none",
                "--iptables=false",
                "--ip6tables=false");
        command.environment().put("PATH", System.getenv("PATH") + ":/usr/sbin:/sbin");
        command.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        try {
            process = command.start();
        } catch (IOException e) {
            throw new IllegalStateException("this test needs Docker: apt install docker.io", e);
        }
        long end = System.nanoTime() + START.toNanos();
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException("dockerd did not start:\n" + Files.readString(log.toPath()));
            }
            Thread.sleep(200);
        }
    }

    private boolean answers() throws IOException {
        try (DockerClient client = client()) {
            client.pingCmd().exec();
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    String socket() {
        return directory.resolve("docker.sock").toString();
    }

    public DockerClient client() {
        SocketConfig config = new SocketConfig(socket());
        return DockerClientImpl.getInstance(
                config,
                new ApacheDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .build());
    }

    /** Kills the daemon and its containerd as a crash would, and starts them again. */
    void crash() throws IOException, InterruptedException {
        process.destroyForcibly().waitFor();
        killContainerd();
        start();
    }

    /** Ends the daemon, the containerd that it started, and the mounts that they leave. */
    public void stop() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        killContainerd();
        for (String mount : Files.readAllLines(Path.of("/proc/self/mounts"))) {
            String target = mount.split(" ")[1];
            if (target.startsWith(directory + "/")) {
                new ProcessBuilder("umount", "-l", target).start().waitFor();
            }
        }
    }

    private void killContainerd() throws IOException {
        Path pid = directory.resolve("exec/containerd/containerd.pid");
        if (Files.exists(pid)) {
            ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).ifPresent(ProcessHandle::destroyForcibly);
            // Where nobody collects orphans, Docker would take the dead process for a running one.
            Files.delete(pid);
        }
    }
}
