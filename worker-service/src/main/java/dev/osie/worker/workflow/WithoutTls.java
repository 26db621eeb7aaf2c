package dev.osie.worker.workflow;

import java.security.KeyManagementException;
import java.security.Provider;
import java.security.SecureRandom;
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
        SSLContext.setDefault(new NoContext());
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
