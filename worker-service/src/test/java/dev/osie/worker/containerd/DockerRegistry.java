package dev.osie.worker.containerd;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Debian's docker-registry on a free port of the loopback interface, without TLS. */
final class DockerRegistry implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern REQUEST = Pattern.compile("\"GET (/v2/\\S+) HTTP/1.1\" (\\d+)");

    /** The user u with the password p=w. */
    private static final String LOGIN = "u:$2y$05$abcdefghijklmnopqrstuu/E2/AGLB4qcQ5CTu8iDV2YS6EY8nwjK\n";

    private final Process process;
    private final int port;
    private final List<String> requests = new ArrayList<>();

    private DockerRegistry(Process process, int port, BufferedReader log) {
        this.process = process;
        this.port = port;
        Thread reader = new Thread(() -> log.lines().forEach(this::read), "registry log");
        reader.setDaemon(true);
        reader.start();
    }

    static DockerRegistry open(Path directory) throws IOException {
        return start(directory, "");
    }

    /** Lets in the user u with the password p=w. */
    static DockerRegistry withLogin(Path directory) throws IOException {
        Path passwords = Files.writeString(Files.createDirectories(directory).resolve("htpasswd"), LOGIN);
        return start(directory, "auth: { htpasswd: { realm: test, path: '%s' } }\n".formatted(passwords));
    }

    private static DockerRegistry start(Path directory, String more) throws IOException {
        Path configuration = Files.writeString(
                Files.createDirectories(directory).resolve("registry.yml"),
                more + """
                version: 0.1
                log: { level: info }
                storage: { filesystem: { rootdirectory: '%s' } }
                http: { addr: '127.0.0.1:0', secret: tests }
                """.formatted(directory.resolve("storage")));
        Process process;
        try {
            process = new ProcessBuilder("docker-registry", "serve", configuration.toString())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new IllegalStateException("this test needs docker-registry: apt install docker-registry", e);
        }
        BufferedReader log = process.inputReader();
        StringBuilder said = new StringBuilder();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            said.append(line).append('\n');
            Matcher matcher = LISTENING.matcher(line);
            if (matcher.find()) {
                return new DockerRegistry(process, Integer.parseInt(matcher.group(1)), log);
            }
        }
        throw new IllegalStateException("docker-registry did not start:\n" + said);
    }

    private synchronized void read(String line) {
        Matcher matcher = REQUEST.matcher(line);
        if (matcher.find()) {
            requests.add(matcher.group(2) + " " + matcher.group(1));
        }
    }

    int port() {
        return port;
    }

    String host() {
        return "127.0.0.1:" + port;
    }

    /** What was got from it: status and path, as its log says. */
    synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    /** Copies an image into it from another registry on this machine. */
    void copy(String image, String name, String... options) throws IOException, InterruptedException {
        ProcessBuilder command =
                new ProcessBuilder("skopeo", "copy", "--quiet", "--src-tls-verify=false", "--dest-tls-verify=false");
        command.command().addAll(List.of(options));
        command.command().addAll(List.of("docker://" + image, "docker://" + host() + "/" + name));
        Process skopeo = command.redirectErrorStream(true).start();
        String said = new String(skopeo.getInputStream().readAllBytes());
        if (skopeo.waitFor() != 0) {
            throw new IllegalStateException("skopeo can't copy " + image + ": " + said);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
