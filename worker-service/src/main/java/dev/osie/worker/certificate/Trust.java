package dev.osie.worker.certificate;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Whose certificates are believed. */
public final class Trust {
    /** Where Debian keeps the certificate authorities, as one file once its maintainer script has run, and one by one. */
    public static Path[] places() {
        return new Path[] {Path.of("/etc/ssl/certs/ca-certificates.crt"), Path.of("/usr/share/ca-certificates/mozilla")
        };
    }

    private Trust() {}

    /** Believes the certificate authorities of the first place that exists; Java's own when none does. */
    public static SSLContext authorities(Path... places) throws GeneralSecurityException {
        for (Path place : places) {
            if (Files.exists(place)) {
                return authoritiesIn(place);
            }
        }
        return SSLContext.getDefault();
    }

    /** Believes the certificate authorities in this place and no others. */
    public static SSLContext authoritiesIn(Path place) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        try {
            KeyStore store = load(place);
            if (store.size() == 0) {
                throw new GeneralSecurityException("there are no certificates in " + place);
            }
            factory.init(store);
        } catch (IOException e) {
            throw new GeneralSecurityException("can't read the certificates in " + place + ": " + e, e);
        }
        return context(factory.getTrustManagers());
    }

    /** Believes anyone. */
    public static SSLContext anyone() throws GeneralSecurityException {
        return context(new Anyone());
    }

    private static SSLContext context(TrustManager... managers) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers, null);
        return context;
    }

    private static KeyStore load(Path place) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        if (!Files.isDirectory(place)) {
            add(store, place);
            return store;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(place, "*.{crt,pem}")) {
            for (Path file : files) {
                add(store, file);
            }
        }
        return store;
    }

    private static void add(KeyStore store, Path file) throws GeneralSecurityException, IOException {
        try (InputStream in = Files.newInputStream(file)) {
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry(Integer.toString(store.size()), certificate);
            }
        } catch (CertificateException e) {
            throw new CertificateException("in " + file + ": " + e.getMessage(), e);
        }
    }

    /** Extended, as Java itself checks names for a plain X509TrustManager. */
    private static final class Anyone extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
