package dev.osie.build.oci.daemon;

import static dev.osie.build.failure.BuildException.badInput;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where Docker listens: what {@code DOCKER_HOST} says, else the first of the sockets that there usually are. */
final class DaemonAddress {
    private DaemonAddress() {}

    /** @param environment of the process */
    static URI of(Map<String, String> environment) {
        String host = environment.getOrDefault("DOCKER_HOST", "");
        if (!host.isEmpty()) {
            return ofVariable(host, environment);
        }
        List<String> usual = usual(environment);
        return usual.stream()
                .filter(socket -> Files.exists(Path.of(socket)))
                .findFirst()
                .or(() -> Optional.of(usual.get(0)))
                .map(socket -> URI.create("unix://" + socket))
                .orElseThrow();
    }

    private static URI ofVariable(String host, Map<String, String> environment) {
        boolean tls = !environment.getOrDefault("DOCKER_TLS_VERIFY", "").isEmpty();
        if (!tls && host.matches("unix:///[^?#\\s]{1,4096}|tcp://[^/?#\\s]{1,300}/?")) {
            return URI.create(host);
        }
        throw badInput("DOCKER_HOST is '" + host + "'" + (tls ? ", with TLS" : "")
                        + ": expected unix:///PATH or tcp://HOST:PORT without TLS.")
                .hint("Perhaps forward its socket to this machine (ssh -L), or move the image as a file:"
                        + " docker save NAME -o image.tar, and docker-archive:image.tar here.");
    }

    /** The system's, a user's own (rootless), and Docker Desktop's. */
    private static List<String> usual(Map<String, String> environment) {
        List<String> sockets = new ArrayList<>(List.of("/var/run/docker.sock"));
        Optional.ofNullable(environment.get("XDG_RUNTIME_DIR")).ifPresent(run -> sockets.add(run + "/docker.sock"));
        Optional.ofNullable(environment.get("HOME")).ifPresent(home -> sockets.add(home + "/.docker/run/docker.sock"));
        return sockets;
    }
}
