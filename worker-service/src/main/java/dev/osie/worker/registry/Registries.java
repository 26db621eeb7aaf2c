package dev.osie.worker.registry;

import dev.osie.worker.image.ImageReference;
import dev.osie.worker.settings.RegistryLogin;
import dev.osie.worker.settings.RegistryProxies;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which registries images come from, by the rules of Docker: Docker Hub's mirrors are asked before it, in their order; the login is for its
 * own registry alone; the listed ones and those on this machine need no certificate that anybody vouches for, and no TLS.
 *
 * @param login the login for the registry that needs one
 * @param mirrors of Docker Hub
 * @param insecure hosts with their ports
 * @param proxies what registries are reached through
 */
public record Registries(
        Optional<RegistryLogin> login, List<URI> mirrors, List<String> insecure, RegistryProxies proxies) {
    private static final String HUB_HOST = "registry-1.docker.io";

    /** The places to ask for an image, in order; the last one is its own registry. */
    public List<Repository> repositories(ImageReference image) {
        return endpoints(image).stream()
                .map(endpoint -> new Repository(endpoint, image.repository(), proxies))
                .toList();
    }

    List<Endpoint> endpoints(ImageReference image) {
        List<Endpoint> endpoints = new ArrayList<>();
        String registry = image.registry();
        if (registry.equals(ImageReference.DOCKER_HUB)) {
            for (URI mirror : mirrors) {
                endpoints.add(new Endpoint(mirror, isInsecure(mirror.getAuthority()), login(mirror.getAuthority())));
            }
        }
        String host = registry.equals(ImageReference.DOCKER_HUB) ? HUB_HOST : registry;
        endpoints.add(new Endpoint(URI.create("https://" + host), isInsecure(registry), login(registry)));
        return List.copyOf(endpoints);
    }

    private Optional<RegistryLogin> login(String registry) {
        return login.filter(own -> own.host().equalsIgnoreCase(registry));
    }

    private boolean isInsecure(String host) {
        return insecure.stream().anyMatch(host::equalsIgnoreCase)
                || host.startsWith("127.")
                || host.toLowerCase(Locale.ROOT).matches("localhost(:.*)?");
    }
}
