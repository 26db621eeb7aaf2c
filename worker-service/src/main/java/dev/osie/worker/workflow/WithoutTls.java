package dev.osie.worker.workflow;

import java.security.KeyManagementException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * A default TLS context that can't speak TLS. gRPC and docker-java look at the default context even when they connect in the
 * clear, and Java's own then loads 400 classes and every certificate authority: half of the time that this program needs to its
 * first question. A process that uses TLS anywhere must not install it.
 */
public final class WithoutTls {
    private WithoutTls() {}

    /** Makes it the default of this process. */
    public static void install() {
        onlyFirstProvider();
        SSLContext.setDefault(new NoContext());
    }

    /**
     * gRPC looks at every security provider, which loads and sets up all of them, in search of Android's. The first has the
     * digests that this program needs. A list can't be cut short, but a provider that is named again is passed over.
     */
    private static void onlyFirstProvider() {
        String first = Security.getProperty("security.provider.1");
        for (int i = 2; Security.getProperty("security.provider." + i) != null; i++) {
            Security.setProperty("security.provider." + i, first);
        }
    }

    private static final class NoContext extends SSLContext {
        NoContext() {
            super(new NoTls(), new NoServices(), "none");
        }
    }

    /** Has no service named TLS, so gRPC asks no further. */
    private static final class NoServices extends Provider {
        private static final long serialVersionUID = 1L;

        NoServices() {
            super("none", "1", "no TLS in this process");
        }
    }

    private static final class NoTls extends SSLContextSpi {
        @Override
        protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
                throws KeyManagementException {
            throw new KeyManagementException("no TLS in this process");
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            throw new UnsupportedOperationException("no TLS in this process");
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            throw new UnsupportedOperationException("no TLS in this process");
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            throw new UnsupportedOperationException("no TLS in this process");
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            throw new UnsupportedOperationException("no TLS in this process");
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            throw new UnsupportedOperationException("no TLS in this process");
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            throw new UnsupportedOperationException("no TLS in this process");
        }
    }
}
