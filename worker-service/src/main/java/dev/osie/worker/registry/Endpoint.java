package dev.osie.worker.registry;

import dev.osie.worker.settings.RegistryLogin;
import java.net.URI;
import java.util.Optional;

/**
 * A place to ask for an image.
 *
 * @param base scheme, host and port, and for a mirror maybe a path; without a slash at the end
 * @param insecure whether any certificate will do, and the clear where nobody speaks TLS
 */
record Endpoint(URI base, boolean insecure, Optional<RegistryLogin> login) {
    Endpoint inTheClear() {
        return new Endpoint(URI.create("http" + base.toString().substring("https".length())), insecure, login);
    }
}
