package dev.osie.worker.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.osie.worker.certificate.Trust;
import dev.osie.worker.settings.HttpProxy;
import dev.osie.worker.settings.RegistryProxies;
import java.io.IOException;
import java.net.Authenticator;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/**
 * Connections to a registry and to where it sends us, through a proxy if there is one for the place. Not java.net.http: that is another
 * module of the runtime, and this one is in java.base.
 */
final class Connections {
    private static final int CONNECT_MILLIS = 10_000;

    /** A registry that sends nothing for so long won't. */
    private static final int SILENCE_MILLIS = 60_000;

    static {
        // Read once in a process. The first lets a proxy have a password before it makes a tunnel. By the second nobody
        // else gets it:
        // without, a registry that asks for it in the tunnel would be told.
        System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
        System.setProperty("jdk.http.auth.proxying.disabledSchemes", "basic,digest,ntlm,negotiate,kerberos");
    }

    private final boolean insecure;
    private final RegistryProxies proxies;
    private Optional<SSLSocketFactory> secureSockets = Optional.empty();

    /** @param insecure whether any certificate will do */
    Connections(boolean insecure, RegistryProxies proxies) {
        this.insecure = insecure;
        this.proxies = proxies;
    }

    /** A connection that is not made yet. */
    HttpURLConnection to(URI place) throws IOException {
        boolean web = "http".equals(place.getScheme()) || "https".equals(place.getScheme());
        if (!web || place.getAuthority() == null) {
            throw new IOException("the registry names a place that isn't one of the web: " + place);
        }
        HttpURLConnection connection = open(place.toURL());
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(SILENCE_MILLIS);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        if (connection instanceof HttpsURLConnection secure) {
            secure.setSSLSocketFactory(secureSockets());
            if (insecure) {
                secure.setHostnameVerifier((host, session) -> true);
            }
        }
        return connection;
    }

    private HttpURLConnection open(URL place) throws IOException {
        Optional<HttpProxy> found = proxies.of(place);
        if (found.isEmpty()) {
            return (HttpURLConnection) place.openConnection(Proxy.NO_PROXY);
        }
        HttpProxy proxy = found.get();
        InetSocketAddress address =
                new InetSocketAddress(proxy.server().host(), proxy.server().port());
        HttpURLConnection connection = (HttpURLConnection) place.openConnection(new Proxy(Proxy.Type.HTTP, address));
        if (!proxy.user().isEmpty() && connection instanceof HttpsURLConnection) {
            connection.setAuthenticator(new TunnelLogin(proxy));
        } else if (!proxy.user().isEmpty()) {
            // What is asked for in the clear is asked of the proxy, and this is among what it doesn't pass on.
            connection.setRequestProperty("Proxy-Authorization", basic(proxy.user(), proxy.password()));
        }
        return connection;
    }

    /** Which proxy is on the way to a place, for messages; empty when there is none. */
    String way(URI place) throws IOException {
        return proxies.of(place.toURL())
                .map(proxy -> ", through the proxy " + proxy)
                .orElse("");
    }

    /** A login in the header Authorization or Proxy-Authorization (RFC 7617). */
    static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
    }

    /** Made when they are wanted first: that reads a hundred certificates. */
    private synchronized SSLSocketFactory secureSockets() throws IOException {
        if (secureSockets.isEmpty()) {
            try {
                SSLContext trust = insecure ? Trust.anyone() : Trust.authorities(Trust.places());
                secureSockets = Optional.of(trust.getSocketFactory());
            } catch (GeneralSecurityException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
        return secureSockets.get();
    }

    /** For the proxy that is to make a tunnel, and for no registry that asks. Told once: a proxy that asks again has refused it. */
    private static final class TunnelLogin extends Authenticator {
        private final HttpProxy proxy;
        private boolean told;

        TunnelLogin(HttpProxy proxy) {
            this.proxy = proxy;
        }

        @Override
        protected PasswordAuthentication getPasswordAuthentication() {
            if (getRequestorType() != RequestorType.PROXY || told) {
                return null;
            }
            told = true;
            return new PasswordAuthentication(proxy.user(), proxy.password().toCharArray());
        }
    }
}
