package dev.osie.build.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * An authority that nobody knows, and a server's certificate from it, made by the JDK's keytool.
 *
 * @param folder of {@code ca.crt}, as skopeo takes it
 */
record CertificateAuthority(Path folder) {
    private static final String PASSWORD = "changeit";

    static CertificateAuthority in(Path directory) throws IOException, GeneralSecurityException, InterruptedException {
        Path folder = Files.createDirectories(directory.resolve("authority"));
        CertificateAuthority authority = new CertificateAuthority(folder);
        authority.keytool("-genkeypair", "-alias", "ca", "-keyalg", "EC", "-dname", "CN=lab", "-ext", "bc:c");
        authority.keytool("-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=127.0.0.1");
        Path request = folder.resolve("request");
        authority.keytool("-certreq", "-alias", "server", "-file", request.toString());
        authority.keytool(
                "-gencert",
                "-rfc",
                "-alias",
                "ca",
                "-ext",
                "SAN=ip:127.0.0.1",
                "-infile",
                request.toString(),
                "-outfile",
                authority.serverCertificate().toString());
        authority.keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                "ca",
                "-file",
                authority.certificate().toString());
        authority.writeKey();
        return authority;
    }

    /** The authority's own certificate, for those that shall trust it. */
    Path certificate() {
        return folder.resolve("ca.crt");
    }

    // Of a folder with certificates skopeo takes *.crt as authorities, and *.cert and *.key as its own.
    Path serverCertificate() {
        return folder.resolve("server.pem");
    }

    Path serverKey() {
        return folder.resolve("server-key.pem");
    }

    private void writeKey() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("keys.p12"))) {
            store.load(in, PASSWORD.toCharArray());
        }
        byte[] key = store.getKey("server", PASSWORD.toCharArray()).getEncoded();
        Files.writeString(
                serverKey(),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(key)
                        + "\n-----END PRIVATE KEY-----\n");
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        command.addAll(List.of("-keystore", folder.resolve("keys.p12").toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), US_ASCII);
        if (process.waitFor() != 0) {
            throw new AssertionError("keytool failed:\n" + output);
        }
    }
}
