package dev.osie.worker.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A Docker daemon that takes connections and never answers. */
@Timeout(60)
class PromptClientTest {
    @TempDir
    private Path directory;

    private ServerSocketChannel hung;

    @BeforeEach
    void hang() throws IOException {
        // What connects waits in the backlog, as with a daemon that is stopped.
        hung = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        hung.bind(UnixDomainSocketAddress.of(directory.resolve("docker.sock")));
    }

    @AfterEach
    void close() throws IOException {
        hung.close();
    }

    @Test
    void isNotWaitedForWithoutEnd() throws Exception {
        try (DockerClient client = client(Duration.ofMillis(300))) {
            assertThatThrownBy(() -> client.pingCmd().exec()).hasMessageContaining("no answer within");
            assertThatThrownBy(() -> client.inspectContainerCmd("a").exec()).hasMessageContaining("no answer within");
        }
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        try (DockerClient client = client(Duration.ofMinutes(10))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> client.inspectContainerCmd("a").exec()).isInstanceOf(RuntimeException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private DockerClient client(Duration answer) {
        SocketConfig config = new SocketConfig(directory.resolve("docker.sock").toString());
        return DockerClientImpl.getInstance(
                config,
                new PromptClient(
                        new ApacheDockerHttpClient.Builder()
                                .dockerHost(config.getDockerHost())
                                .build(),
                        answer));
    }
}
