package dev.osie.build.oci.registry;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.http.Loopback;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which servers are asked for the images of a registry.
 *
 * @param mirrors of a registry, asked in order before it: {@code host[:port]} or an address
 * @param plainHttp registries and mirrors that may be spoken to without TLS; those on the loopback interface always may
 */
public record RegistrySettings(SortedMap<String, List<String>> mirrors, Set<String> plainHttp) {
    public static final RegistrySettings DEFAULT = new RegistrySettings(new TreeMap<>(), Set.of());

    public RegistrySettings {
        SortedMap<String, List<String>> copy = new TreeMap<>();
        mirrors.forEach((registry, hosts) -> copy.put(registry, List.copyOf(hosts)));
        mirrors = copy;
        plainHttp = Set.copyOf(plainHttp);
    }

    /**
     * Reads what a user writes.
     *
     * @param mirrors each {@code REGISTRY=MIRROR}
     * @param plainHttp hosts
     */
    public static RegistrySettings of(List<String> mirrors, List<String> plainHttp) {
        SortedMap<String, List<String>> byRegistry = new TreeMap<>();
        for (String text : mirrors) {
            int equals = text.indexOf('=');
            if (equals <= 0 || equals == text.length() - 1) {
                throw badInput(
                        "'" + text + "' names no mirror: expected REGISTRY=MIRROR, such as docker.io=mirror.lab:5000");
            }
            byRegistry
                    .computeIfAbsent(text.substring(0, equals), registry -> new ArrayList<>())
                    .add(text.substring(equals + 1));
        }
        return new RegistrySettings(byRegistry, Set.copyOf(plainHttp));
    }

    /** The servers to ask for the images of a registry, in order, each with the schemes that may be used. */
    List<Place> places(String registry) {
        List<Place> places = new ArrayList<>();
        mirrors.getOrDefault(registry, List.of()).forEach(mirror -> places.add(place(mirror)));
        places.add(own(registry));
        return places;
    }

    /** The registry's own server, which alone takes what is pushed. */
    Place own(String registry) {
        // Docker Hub's registry has another name than its images.
        return place(registry.equals("docker.io") ? "registry-1.docker.io" : registry);
    }

    private Place place(String text) {
        if (!text.contains("://")) {
            if (isLoopback(text)) {
                // Nobody listens on the way, and a server without TLS may wait for ever for the rest of a handshake.
                return new Place(text, List.of(uri("http", text), uri("https", text)));
            }
            boolean plain = plainHttp.contains(text);
            return new Place(
                    text, plain ? List.of(uri("https", text), uri("http", text)) : List.of(uri("https", text)));
        }
        URI uri = address(text);
        if (uri.getHost() == null || !Set.of("http", "https").contains(uri.getScheme())) {
            throw badInput(
                    "'" + text + "' is not the address of a registry: expected host[:port] or https://host[:port]");
        }
        return new Place(uri.getRawAuthority(), List.of(uri(uri.getScheme(), uri.getRawAuthority())));
    }

    private static URI uri(String scheme, String authority) {
        return address(scheme + "://" + authority);
    }

    private static URI address(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw badInput("'" + text + "' is not the name of a registry: expected host[:port]")
                    .because(e);
        }
    }

    private static boolean isLoopback(String authority) {
        return Loopback.is(authority.replaceFirst(":[0-9]+$", ""));
    }

    /**
     * A server.
     *
     * @param host as credentials are filed under
     * @param addresses to try in order
     */
    record Place(String host, List<URI> addresses) {
        /** Whether it may be spoken to without TLS. */
        boolean mayBePlain() {
            return addresses.stream().anyMatch(address -> "http".equals(address.getScheme()));
        }
    }
}
