package dev.osie.worker.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/**
 * An HTTP proxy, and where it is not to be used. Host names are compared as they are written, without asking a name server.
 *
 * @param server where it listens
 * @param user the name for it; empty when it wants none
 * @param exceptions hosts that are reached without it, as the variable NO_PROXY lists them
 */
public record HttpProxy(Authority server, String user, String password, ProxyExceptions exceptions) {
    private static final int DEFAULT_PORT = 80;

    /** Reads {@code [http://][USER:PASSWORD@]HOST[:PORT]}; empty for anything else. Blanks and the like are percent-encoded. */
    static Optional<HttpProxy> parse(String text) {
        try {
            URI address = new URI(text.contains("://") ? text : "http://" + text);
            boolean plain = address.getPath().isEmpty() || address.getPath().equals("/");
            if (!address.getScheme().equals("http")
                    || address.getHost() == null
                    || !plain
                    || address.getPort() == 0
                    || address.getPort() > 65535) {
                return Optional.empty();
            }
            String login = address.getUserInfo() == null ? "" : address.getUserInfo();
            int colon = login.indexOf(':');
            return Optional.of(new HttpProxy(
                    new Authority(
                            Authority.host(address.getHost()).orElse(address.getHost()),
                            address.getPort() < 0 ? DEFAULT_PORT : address.getPort()),
                    colon < 0 ? login : login.substring(0, colon),
                    colon < 0 ? "" : login.substring(colon + 1),
                    ProxyExceptions.NONE));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** The same but for these hosts. */
    HttpProxy except(ProxyExceptions others) {
        return new HttpProxy(server, user, password, others);
    }

    /** Whether this server is to be reached through it. */
    public boolean isFor(String host, int port) {
        return !exceptions.contain(host, port);
    }

    /** Without name and password, as it ends up in a log. */
    @Override
    public String toString() {
        return "http://" + server;
    }
}
