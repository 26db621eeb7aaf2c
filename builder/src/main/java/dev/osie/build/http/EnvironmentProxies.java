package dev.osie.build.http;

import static dev.osie.build.failure.BuildException.badInput;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Chooses the proxy that {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY} (or their lower-case forms, which win) name, as
 * curl does; without them, the platform's own choice. What this machine serves itself is asked directly. A proxy is {@code http://host:port} or {@code host:port}.
 */
final class EnvironmentProxies extends ProxySelector {
    private final Map<String, Proxy> proxies;
    private final List<String> exempt;

    EnvironmentProxies(Map<String, String> environment) {
        this.proxies = Stream.of("http", "https")
                .filter(scheme -> variable(environment, scheme + "_proxy").isPresent())
                .collect(Collectors.toMap(
                        scheme -> scheme,
                        scheme -> proxy(variable(environment, scheme + "_proxy").orElseThrow())));
        this.exempt = List.of(variable(environment, "no_proxy").orElse("").split("[,\\s]+"));
    }

    @Override
    public List<Proxy> select(URI uri) {
        Proxy proxy = proxies.get(uri.getScheme());
        if (proxy == null) {
            ProxySelector platform = ProxySelector.getDefault();
            return platform == null ? List.of(Proxy.NO_PROXY) : platform.select(uri);
        }
        return List.of(isExempt(uri.getHost()) ? Proxy.NO_PROXY : proxy);
    }

    private boolean isExempt(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (Loopback.is(name)) {
            return true;
        }
        for (String entry : exempt) {
            String suffix = entry.replaceFirst("^\\*?\\.", "").toLowerCase(Locale.ROOT);
            if (entry.equals("*") || !suffix.isEmpty() && (name.equals(suffix) || name.endsWith("." + suffix))) {
                return true;
            }
        }
        return false;
    }

    private static Optional<String> variable(Map<String, String> environment, String lowerCase) {
        return Optional.ofNullable(environment.get(lowerCase))
                .or(() -> Optional.ofNullable(environment.get(lowerCase.toUpperCase(Locale.ROOT))))
                .filter(value -> !value.isBlank());
    }

    private static Proxy proxy(String text) {
        try {
            URI uri = new URI(text.contains("://") ? text : "http://" + text);
            if ("http".equals(uri.getScheme()) && uri.getHost() != null && uri.getUserInfo() == null) {
                int port = uri.getPort() < 0 ? 80 : uri.getPort();
                return new Proxy(Proxy.Type.HTTP, new InetSocketAddress(uri.getHost(), port));
            }
        } catch (URISyntaxException e) {
            // Reported below, without the text, which may hold a password.
        }
        throw badInput("The environment names a proxy in a form that is not supported: expected http://host:port");
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // The request itself fails, and says so.
    }
}
