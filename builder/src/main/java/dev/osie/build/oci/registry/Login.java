package dev.osie.build.oci.registry;

import static dev.osie.build.failure.BuildException.unavailable;

import com.google.cloud.tools.jib.api.Credential;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import com.google.cloud.tools.jib.registry.credentials.CredentialRetrievalException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A user name and password for one registry. They are never shown: {@link #toString} leaves them out.
 *
 * @param user {@code <token>} when the password is an identity token
 */
record Login(String user, String password) {
    private static final String IDENTITY_TOKEN = "<token>";

    /** Finds the login for a registry. */
    interface Finder {
        Optional<Login> find(String registry);
    }

    /**
     * Looks where {@code docker login} and its like leave logins, or name the credential helpers that keep them: the file
     * {@code $REGISTRY_AUTH_FILE}, {@code config.json} in {@code $DOCKER_CONFIG}, {@code containers/auth.json} in {@code $XDG_RUNTIME_DIR}
     * and {@code .docker/config.json} in the home directory. The first that has a login for the registry counts.
     */
    static Finder ofConfigurations(Map<String, String> environment) {
        List<Path> files = new ArrayList<>();
        variable(environment, "REGISTRY_AUTH_FILE").ifPresent(file -> files.add(Path.of(file)));
        variable(environment, "DOCKER_CONFIG").ifPresent(folder -> files.add(Path.of(folder, "config.json")));
        variable(environment, "XDG_RUNTIME_DIR")
                .ifPresent(folder -> files.add(Path.of(folder, "containers/auth.json")));
        files.add(Path.of(System.getProperty("user.home"), ".docker", "config.json"));
        return registry -> files.stream()
                .filter(Files::isReadable)
                .flatMap(file -> find(registry, file).stream())
                .findFirst();
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    private static Optional<Login> find(String registry, Path file) {
        try {
            // Docker Hub's login is filed under another name; the library knows.
            String name = registry.equals("docker.io") ? "registry-1.docker.io" : registry;
            return CredentialRetrieverFactory.forImage(ImageReference.of(name, "any/image", "latest"), event -> {})
                    .dockerConfig(file)
                    .retrieve()
                    .map(Login::of);
        } catch (CredentialRetrievalException e) {
            throw unavailable(
                            "Tried to find the login for " + registry + " in " + file + ", but " + e.getMessage() + ".")
                    .hint("Perhaps log in anew: docker login " + registry)
                    .because(e);
        }
    }

    private static Login of(Credential credential) {
        return new Login(credential.getUsername(), credential.getPassword());
    }

    boolean isIdentityToken() {
        return user.equals(IDENTITY_TOKEN);
    }

    /** The value of the header {@code Authorization} (RFC 7617). */
    String basic() {
        byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(both);
    }

    @Override
    public String toString() {
        return "a login";
    }
}
