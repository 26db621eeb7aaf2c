package dev.osie.worker.settings;

/**
 * The name and password for one image registry. They are for that registry alone.
 *
 * @param host host and port of the registry
 */
public record RegistryLogin(String host, String user, String password) {
    /** Without the password, as it may end up in a log. */
    @Override
    public String toString() {
        return user + "@" + host;
    }
}
