package dev.osie.worker.settings;

import java.net.URL;
import java.util.Optional;

/**
 * The HTTP proxies that registries are reached through, as Go's programs choose them.
 *
 * @param tls for registries that speak TLS
 * @param clear for those that don't
 */
public record RegistryProxies(Optional<HttpProxy> tls, Optional<HttpProxy> clear) {
    public static final RegistryProxies NONE = new RegistryProxies(Optional.empty(), Optional.empty());

    /** The one for a place of the web; empty when it is reached without. */
    public Optional<HttpProxy> of(URL place) {
        String host = Authority.host(place.getHost()).orElse(place.getHost());
        int port = place.getPort() < 0 ? place.getDefaultPort() : place.getPort();
        return (place.getProtocol().equals("https") ? tls : clear).filter(proxy -> proxy.isFor(host, port));
    }
}
