package dev.osie.worker.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.certificate.SelfSigned;
import dev.osie.worker.inventory.Detection;
import io.grpc.ManagedChannel;
import io.grpc.TlsServerCredentials;
import java.nio.file.Files;
import java.nio.file.Path;
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

        assertThat(ask(Channels.verified("127.0.0.1", server.port(), directory.resolve("none"), file)))
                .isInstanceOf(Answer.Work.class);
    }

    @Test
    void trustsAuthoritiesOfADirectory() throws Exception {
        Path authorities = Files.createDirectory(directory.resolve("authorities"));
        Files.writeString(authorities.resolve("a.crt"), certificate.pem());
        Files.writeString(authorities.resolve("README"), "no certificate");

        assertThat(ask(Channels.verified("127.0.0.1", server.port(), authorities)))
                .isInstanceOf(Answer.Work.class);
    }

    @Test
    void refusesAServerNobodyVouchesFor() throws Exception {
        Answer answer = ask(Channels.verified("127.0.0.1", server.port()));

        assertThat(answer).isInstanceOf(Answer.Failure.class);
        assertThat(((Answer.Failure) answer).reason()).contains("certification path");
    }

    @Test
    void refusesAnotherNameThanTheCertificates() throws Exception {
        Path file = Files.writeString(directory.resolve("names.crt"), certificate.pem());

        assertThat(ask(Channels.verified("localhost", server.port(), file))).isInstanceOf(Answer.Failure.class);
    }

    @Test
    void believesAnyoneWhenToldTo() throws Exception {
        assertThat(ask(Channels.unverified("localhost", server.port()))).isInstanceOf(Answer.Work.class);
    }

    @Test
    void saysSomethingWhenTheServerDoesNotSpeakTls() throws Exception {
        try (WorkflowServer plain = WorkflowServer.start()) {
            assertThat(ask(Channels.unverified("127.0.0.1", plain.port()))).isInstanceOf(Answer.Failure.class);
        }
    }

    private static Answer ask(ManagedChannel channel) {
        try (Transport transport = new UnaryTransport(channel, "w", Detection.none())) {
            return transport.next();
        }
    }
}
