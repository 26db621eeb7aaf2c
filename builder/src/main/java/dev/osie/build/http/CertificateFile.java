package dev.osie.build.http;

import static dev.osie.build.failure.BuildException.badInput;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Certificate authorities of the user's own, in the PEM file that {@code SSL_CERT_FILE} names, beside those that Java trusts. */
final class CertificateFile {
    private static final String VARIABLE = "SSL_CERT_FILE";

    private CertificateFile() {}

    /** What to trust; empty when the environment names no file. */
    static Optional<SSLContext> of(Map<String, String> environment) {
        return Optional.ofNullable(environment.get(VARIABLE))
                .filter(file -> !file.isBlank())
                .map(file -> context(Path.of(file)));
    }

    private static SSLContext context(Path file) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            List<Certificate> trusted = new ArrayList<>(platform());
            trusted.addAll(CertificateFactory.getInstance("X.509").generateCertificates(in));
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < trusted.size(); i++) {
                store.setCertificateEntry(Integer.toString(i), trusted.get(i));
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(store), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw badInput("Tried to read certificates from " + file + ", which " + VARIABLE + " names, but "
                            + e.getMessage())
                    .hint("Perhaps it is no PEM file; unset " + VARIABLE
                            + " to trust only the authorities that Java knows.")
                    .because(e);
        }
    }

    private static List<X509Certificate> platform() throws GeneralSecurityException {
        for (TrustManager manager : managers(null)) {
            if (manager instanceof X509TrustManager known) {
                return List.of(known.getAcceptedIssuers());
            }
        }
        return List.of();
    }

    /** @param store null for what Java trusts */
    private static TrustManager[] managers(KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }
}
