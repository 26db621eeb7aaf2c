package dev.osie.build.oci.registry;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * A user name and password for one registry. They are never shown: {@link #toString} leaves them out.
 *
 * @param user {@code <token>} when the password is an identity token
 */
record Login(String user, String password) {
    static final String IDENTITY_TOKEN = "<token>";

    /** Finds the login for a registry. */
    interface Finder {
        Optional<Login> find(String registry);
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
