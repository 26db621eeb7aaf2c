package dev.osie.worker.workflow;

import dev.osie.worker.settings.HttpProxy;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.ProxiedSocketAddress;
import io.grpc.ProxyDetector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * The way to a server.
 *
 * @param proxy the HTTP proxy to go through, by CONNECT; empty for none
 */
public record Route(String host, int port, Optional<HttpProxy> proxy) {
    /** A way without proxy. */
    public static Route direct(String host, int port) {
        return new Route(host, port, Optional.empty());
    }

    /** The way through this proxy, or without when the server is one of its exceptions. */
    public static Route through(Optional<HttpProxy> proxy, String host, int port) {
        return proxy.isPresent() && proxy.get().isFor(host, port) ? new Route(host, port, proxy) : direct(host, port);
    }

    /** For gRPC. Its own would look for Java's settings, which nobody makes here. */
    ProxyDetector detector() {
        return new Detector(proxy);
    }

    private record Detector(Optional<HttpProxy> proxy) implements ProxyDetector {
        @Override
        public ProxiedSocketAddress proxyFor(SocketAddress server) throws IOException {
            if (proxy.isEmpty()) {
                return null;
            }
            HttpProxy given = proxy.get();
            InetSocketAddress address =
                    new InetSocketAddress(given.server().host(), given.server().port());
            if (address.isUnresolved()) {
                throw new UnknownHostException("nobody knows the proxy " + given);
            }
            HttpConnectProxiedSocketAddress.Builder way = HttpConnectProxiedSocketAddress.newBuilder()
                    .setProxyAddress(address)
                    .setTargetAddress((InetSocketAddress) server);
            if (!given.user().isEmpty()) {
                way.setUsername(given.user()).setPassword(given.password());
            }
            return way.build();
        }
    }
}
