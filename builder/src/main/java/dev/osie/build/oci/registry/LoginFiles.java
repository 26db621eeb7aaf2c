package dev.osie.build.oci.registry;

import static dev.osie.build.failure.BuildException.badInput;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.build.failure.BuildException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks where {@code docker login} and its like leave logins, or name the credential helpers that keep them: the file
 * {@code $REGISTRY_AUTH_FILE}, {@code config.json} in {@code $DOCKER_CONFIG}, {@code containers/auth.json} in {@code $XDG_RUNTIME_DIR}
 * and {@code .docker/config.json} in the home directory. The first that has a login for the registry counts.
 */
final class LoginFiles implements Login.Finder {
    /** A helper may ask its user for the key of a chain. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final String HUB = "docker.io";
    /** How Docker files the login for Docker Hub. */
    private static final String HUB_KEY = "https://index.docker.io/v1/";

    private static final List<String> HUB_NAMES = List.of("index.docker.io", HUB, "registry-1.docker.io");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, String> environment;
    private final Duration patience;

    LoginFiles(Map<String, String> environment) {
        this(environment, PATIENCE);
    }

    LoginFiles(Map<String, String> environment, Duration patience) {
        this.environment = environment;
        this.patience = patience;
    }

    @Override
    public Optional<Login> find(String registry) {
        return files().stream()
                .filter(Files::isReadable)
                .flatMap(file -> find(registry, file).stream())
                .findFirst();
    }

    private List<Path> files() {
        List<Path> files = new ArrayList<>();
        variable("REGISTRY_AUTH_FILE").ifPresent(file -> files.add(Path.of(file)));
        variable("DOCKER_CONFIG").ifPresent(folder -> files.add(Path.of(folder, "config.json")));
        variable("XDG_RUNTIME_DIR").ifPresent(folder -> files.add(Path.of(folder, "containers/auth.json")));
        files.add(Path.of(System.getProperty("user.home"), ".docker", "config.json"));
        return files;
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    private Optional<Login> find(String registry, Path file) {
        JsonNode json = read(file);
        Optional<String> helper = helper(registry, json);
        if (helper.isPresent()) {
            String server = registry.equals(HUB) ? HUB_KEY : registry;
            Optional<Login> kept = new CredentialHelper(helper.get(), file, environment, patience).get(server);
            if (kept.isPresent()) {
                return kept;
            }
        }
        for (Map.Entry<String, JsonNode> entry : json.path("auths").properties()) {
            if (isFor(registry, entry.getKey())) {
                Optional<Login> login = login(registry, entry.getValue(), file);
                if (login.isPresent()) {
                    return login;
                }
            }
        }
        return Optional.empty();
    }

    private static JsonNode read(Path file) {
        try {
            JsonNode json = JSON.readTree(Files.readAllBytes(file));
            if (json != null && (json.isObject() || json.isMissingNode())) {
                return json;
            }
        } catch (IOException e) {
            // Reported below, without what is in it, which may be a password.
        }
        throw badInput("Tried to look for logins in " + file + ", but it is not readable JSON.")
                .hint("Perhaps mend it, or log in anew.");
    }

    private static Optional<String> helper(String registry, JsonNode json) {
        for (Map.Entry<String, JsonNode> entry : json.path("credHelpers").properties()) {
            if (isFor(registry, entry.getKey())) {
                return Optional.of(entry.getValue().asText());
            }
        }
        return Optional.of(json.path("credsStore").asText("")).filter(name -> !name.isEmpty());
    }

    private static boolean isFor(String registry, String key) {
        String host = key.replaceFirst("^https?://", "").replaceFirst("(/v[12])?/?$", "");
        return host.equals(registry) || registry.equals(HUB) && HUB_NAMES.contains(host);
    }

    private static Optional<Login> login(String registry, JsonNode entry, Path file) {
        String identity = entry.path("identitytoken").asText("");
        if (!identity.isEmpty()) {
            return Optional.of(new Login(Login.IDENTITY_TOKEN, identity));
        }
        String both = entry.path("auth").asText("");
        return both.isEmpty() ? Optional.empty() : Optional.of(decoded(registry, both, file));
    }

    private static Login decoded(String registry, String both, Path file) {
        try {
            String text = new String(Base64.getMimeDecoder().decode(both), StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            if (colon > 0) {
                return new Login(
                        text.substring(0, colon), text.substring(colon + 1).replaceFirst("\0+$", ""));
            }
        } catch (IllegalArgumentException e) {
            // Reported below.
        }
        throw unusable(registry, file);
    }

    private static BuildException unusable(String registry, Path file) {
        return badInput("The login for " + registry + " in " + file
                        + " is damaged: expected the base64 form of a name, a colon and a password.")
                .hint("Perhaps log in anew: docker login " + registry);
    }
}
