package dev.osie.build.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.http.Answer;
import dev.osie.build.http.Retries;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ResumingStreamTest {
    private final AtomicInteger opened = new AtomicInteger();

    @Test
    void givesUpABlobThatDrips() {
        ResumingStream stream = stream(1_000_000, Duration.ofMillis(200));

        assertThatThrownBy(stream::readAllBytes)
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("bytes came in")
                .hasMessageContaining("3 times");
        assertThat(opened).hasValue(3);
    }

    @Test
    void bearsASmallBlobThatTakesItsTime() throws Exception {
        ResumingStream stream = stream(10, Duration.ofSeconds(5));

        assertThat(stream.readAllBytes()).hasSize(10);
    }

    private ResumingStream stream(int size, Duration window) {
        return new ResumingStream(
                "blob",
                new Blob(Digest.of(new byte[size]), size),
                from -> {
                    opened.incrementAndGet();
                    return new Answer(200, HttpHeaders.of(Map.of(), (name, value) -> true), drip(size - (int) from));
                },
                new Retries(List.of(Duration.ZERO, Duration.ZERO, Duration.ZERO)),
                count -> {},
                window);
    }

    private static InputStream drip(int size) {
        return new InputStream() {
            private int left = size;

            @Override
            public int read(byte[] bytes, int offset, int length) {
                if (left == 0) {
                    return -1;
                }
                left--;
                bytes[offset] = (byte) read();
                return 1;
            }

            @Override
            public int read() {
                try {
                    Thread.sleep(5);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return 0;
            }
        };
    }
}
