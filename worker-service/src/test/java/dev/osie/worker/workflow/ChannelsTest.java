package dev.osie.worker.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.worker.certificate.SelfSigned;
import dev.osie.worker.inventory.Detection;
import dev.osie.worker.settings.HttpProxy;
import dev.osie.worker.settings.SettingsReader;
import io.grpc.ManagedChannel;
import io.grpc.TlsServerCredentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChannelsTest {
    @TempDir
    private static Path directory;

    private static SelfSigned certificate;
    private static WorkflowServer server;

    @BeforeAll
    static void startServer() throws Exception {
        certificate = new SelfSigned(directory);
        server = WorkflowServer.start(
                0,
                TlsServerCredentials.newBuilder()
                        .keyManager(certificate.keyManagers())
                        .build());
        server.workflow("w", "lab/tls", WorkflowServer.action("a", "img"));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void trustsAuthoritiesOfAFile() throws Exception {
        Path file = Files.writeString(directory.resolve("bundle.crt"), certificate.pem() + certificate.pem());

        assertThat(ask(Channels.verified(Route.direct("127.0.0.1", server.port()), directory.resolve("none"), file)))
                .isInstanceOf(Answer.Work.class);
    }

    @Test
    void trustsAuthoritiesOfADirectory() throws Exception {
        Path authorities = Files.createDirectory(directory.resolve("authorities"));
        Files.writeString(authorities.resolve("a.crt"), certificate.pem());
        Files.writeString(authorities.resolve("README"), "no certificate");

        assertThat(ask(Channels.verified(Route.direct("127.0.0.1", server.port()), authorities)))
                .isInstanceOf(Answer.Work.class);
    }

    @Test
    void refusesAServerNobodyVouchesFor() throws Exception {
        Answer answer = ask(Channels.verified(Route.direct("127.0.0.1", server.port())));

        assertThat(answer).isInstanceOf(Answer.Failure.class);
        assertThat(((Answer.Failure) answer).reason()).contains("certification path");
    }

    @Test
    void refusesAnotherNameThanTheCertificates() throws Exception {
        Path file = Files.writeString(directory.resolve("names.crt"), certificate.pem());

        assertThat(ask(Channels.verified(Route.direct("localhost", server.port()), file)))
                .isInstanceOf(Answer.Failure.class);
    }

    @Test
    void trustsAFileOfItsOwnAloneAndSaysWhenItCannot() throws Exception {
        Path own = Files.writeString(directory.resolve("own.crt"), certificate.pem());
        Path empty = Files.writeString(directory.resolve("empty.crt"), "");
        Route route = Route.direct("127.0.0.1", server.port());

        assertThat(ask(Channels.trusting(route, own))).isInstanceOf(Answer.Work.class);
        assertThatThrownBy(() -> Channels.trusting(route, directory.resolve("none.crt")))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessageContaining("can't read the certificates in");
        assertThatThrownBy(() -> Channels.trusting(route, empty)).hasMessageContaining("there are no certificates in");
    }

    @Test
    void goesThroughAProxyWithItsLogin() throws Exception {
        // Its name is known to nobody but the proxy.
        try (ConnectProxy proxy = new ConnectProxy(server.port())) {
            HttpProxy given = proxy("http://u:p@127.0.0.1:" + proxy.port(), "direct.example");
            Route route = Route.through(Optional.of(given), "tink.invalid", 42113);

            assertThat(ask(Channels.unverified(route))).isInstanceOf(Answer.Work.class);
            assertThat(proxy.requests())
                    .singleElement()
                    .asString()
                    .startsWith("CONNECT tink.invalid:42113 HTTP/1.1")
                    .contains("Proxy-Authorization: Basic dTpw");
            assertThat(Route.through(Optional.of(given), "direct.example", 1).proxy())
                    .isEmpty();
        }
    }

    @Test
    void aProxyThatRefusesIsAFailureThatSaysSo() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        Route route = Route.through(Optional.of(proxy("http://127.0.0.1:" + port, "")), "tink.invalid", 42113);

        assertThat(ask(Channels.plaintext(route)))
                .isInstanceOfSatisfying(
                        Answer.Failure.class,
                        failure -> assertThat(failure.reason()).contains("Connection refused"));
    }

    @Test
    void believesAnyoneWhenToldTo() throws Exception {
        assertThat(ask(Channels.unverified(Route.direct("localhost", server.port()))))
                .isInstanceOf(Answer.Work.class);
    }

    @Test
    void saysSomethingWhenTheServerDoesNotSpeakTls() throws Exception {
        try (WorkflowServer plain = WorkflowServer.start()) {
            assertThat(ask(Channels.unverified(Route.direct("127.0.0.1", plain.port()))))
                    .isInstanceOf(Answer.Failure.class);
        }
    }

    private static HttpProxy proxy(String url, String exceptions) throws IOException {
        Path none = Files.writeString(directory.resolve("cmdline"), "");
        Map<String, String> variables = Map.of("HTTPS_PROXY", url, "NO_PROXY", exceptions);
        return new SettingsReader(none, directory, directory, variables, List.of())
                .read()
                .proxy()
                .orElseThrow();
    }

    private static Answer ask(ManagedChannel channel) {
        try (Transport transport = new UnaryTransport(channel, "w", Detection.none())) {
            return transport.next();
        }
    }
}
