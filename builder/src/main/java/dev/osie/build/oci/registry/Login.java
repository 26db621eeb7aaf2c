package dev.osie.build.oci.registry;

import static dev.osie.build.failure.BuildException.unavailable;

import com.google.cloud.tools.jib.api.Credential;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import com.google.cloud.tools.jib.registry.credentials.CredentialRetrievalException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
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

    /** What {@code docker login} left: Docker's and Podman's configuration, and the credential helpers that these name. */
    static Optional<Login> ofDockerConfig(String registry) {
        try {
            // Docker Hub's login is filed under another name; the library knows.
            String name = registry.equals("docker.io") ? "registry-1.docker.io" : registry;
            return CredentialRetrieverFactory.forImage(ImageReference.of(name, "any/image", "latest"), event -> {})
                    .dockerConfig()
                    .retrieve()
                    .map(Login::of);
        } catch (CredentialRetrievalException e) {
            throw unavailable("Tried to find the login for " + registry + " in Docker's configuration, but "
                            + e.getMessage() + ".")
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
