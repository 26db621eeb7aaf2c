package dev.osie.build.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/** A registry on a free port of the loopback interface, holding what the test pushes. */
final class Registry implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+)");

    private final Process process;
    private final int port;

    private Registry(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static Registry start(Path directory) throws IOException {
        return start(directory, "");
    }

    /** A registry that lets in one user alone, known by name and password. */
    static Registry startWithLogin(Path directory, String user, String password) throws IOException {
        return start(directory, login(directory, user, password));
    }

    /** The same over TLS, with a certificate for 127.0.0.1. */
    static Registry startWithTlsAndLogin(Path directory, CertificateAuthority authority, String user, String password)
            throws IOException {
        return start(
                directory,
                login(directory, user, password),
                ", tls: { certificate: '%s', key: '%s' }"
                        .formatted(authority.serverCertificate(), authority.serverKey()));
    }

    private static String login(Path directory, String user, String password) throws IOException {
        byte[] salt = "sixteen bytes, ok".substring(0, 16).getBytes(StandardCharsets.US_ASCII);
        String hash = OpenBSDBCrypt.generate("2y", password.toCharArray(), salt, 4);
        Path passwords = Files.writeString(directory.resolve("htpasswd"), user + ":" + hash + "\n");
        return "auth: { htpasswd: { realm: lab, path: '%s' } }\n".formatted(passwords);
    }

    private static Registry start(Path directory, String more) throws IOException {
        return start(directory, more, "");
    }

    private static Registry start(Path directory, String more, String http) throws IOException {
        Path configuration = Files.writeString(
                directory.resolve("registry.yml"), more + """
                version: 0.1
                log: { level: info, accesslog: { disabled: true } }
                storage: { filesystem: { rootdirectory: '%s' } }
                http: { addr: '127.0.0.1:0', secret: tests%s }
                """.formatted(directory.resolve("registry"), http));
        Process process = new ProcessBuilder(HostTool.require("docker-registry", "docker-registry")
                        .command("serve", configuration.toString()))
                .redirectErrorStream(true)
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        BufferedReader log = process.inputReader();
        StringBuilder said = new StringBuilder();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            said.append(line).append('\n');
            Matcher matcher = LISTENING.matcher(line);
            if (matcher.find()) {
                drain(log);
                return new Registry(process, Integer.parseInt(matcher.group(1)));
            }
        }
        throw new AssertionError("docker-registry did not start:\n" + said);
    }

    /** A process whose output nobody reads stops when the pipe is full. */
    private static void drain(BufferedReader log) {
        Thread drain = new Thread(() -> log.lines().forEach(line -> {}), "registry log");
        drain.setDaemon(true);
        drain.start();
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
