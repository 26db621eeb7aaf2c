package dev.osie.build.oci.registry;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.missingTool;
import static dev.osie.build.failure.BuildException.unavailable;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.build.failure.BuildException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A program that keeps logins: {@code docker-credential-NAME get}, with the registry on its standard input and the login on its standard
 * output (Docker credential helpers protocol). What it prints is never shown, but for the complaint of one that failed.
 */
final class CredentialHelper {
    private static final int MOST_BYTES = 1 << 16;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String program;
    private final Path configuration;
    private final Map<String, String> environment;
    private final Duration patience;

    /** @param configuration that names the helper */
    CredentialHelper(String name, Path configuration, Map<String, String> environment, Duration patience) {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
            throw badInput("The file " + configuration + " names a credential helper by '" + Refusal.printable(name)
                    + "': expected letters, digits, '.', '_' and '-'");
        }
        this.program = "docker-credential-" + name;
        this.configuration = configuration;
        this.environment = environment;
        this.patience = patience;
    }

    /** The login it has for a registry. */
    Optional<Login> get(String server) {
        Path executable = Stream.of(environment.getOrDefault("PATH", "").split(":"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> failed(missingTool("The file " + configuration + " names the credential helper "
                        + program + ", which isn't here.")));
        try {
            Process process = new ProcessBuilder(executable.toString(), "get")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                return answer(process, server);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw failed(unavailable("Tried to ask " + program + " for a login, but " + e.getMessage() + "."));
        }
    }

    private Optional<Login> answer(Process process, String server) throws IOException {
        CompletableFuture<byte[]> output = CompletableFuture.supplyAsync(() -> read(process.getInputStream()));
        try (OutputStream in = process.getOutputStream()) {
            in.write(server.getBytes(UTF_8));
        } catch (IOException e) {
            // One that doesn't want to know fails soon; its own words say more.
        }
        try {
            byte[] printed = output.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new TimeoutException();
            }
            return process.exitValue() == 0 ? Optional.of(login(printed)) : complaint(new String(printed, UTF_8));
        } catch (TimeoutException e) {
            throw failed(unavailable(
                    "Asked " + program + " for a login, but got no answer within " + patience.toSeconds() + " s."));
        } catch (ExecutionException e) {
            throw new IllegalStateException("reading never fails", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("The build was interrupted.").because(e);
        }
    }

    private static byte[] read(InputStream in) {
        try {
            return in.readNBytes(MOST_BYTES + 1);
        } catch (IOException e) {
            return new byte[0];
        }
    }

    private Login login(byte[] printed) {
        try {
            JsonNode json = printed.length > MOST_BYTES ? JSON.nullNode() : JSON.readTree(printed);
            String user = json.path("Username").asText("");
            String secret = json.path("Secret").asText("");
            if (!user.isEmpty() && !secret.isEmpty()) {
                return new Login(user, secret);
            }
        } catch (IOException e) {
            // Reported below.
        }
        throw failed(unavailable("Asked " + program + " for a login, but what it printed is none: expected JSON with"
                + " Username and Secret."));
    }

    /** To have no login is no failure. */
    private Optional<Login> complaint(String printed) {
        String words = Refusal.printable(printed.strip());
        if (words.contains("not found") && words.contains("credentials")) {
            return Optional.empty();
        }
        throw failed(unavailable(
                "Asked " + program + " for a login, but it failed" + (words.isEmpty() ? "" : ": " + words) + "."));
    }

    private BuildException failed(BuildException failure) {
        return failure.hint("Perhaps take it out of " + configuration + " when no login is needed.");
    }
}
