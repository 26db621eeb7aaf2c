package dev.osie.build.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class AnswerTest {
    private static final String NOW = "Wed, 25 Nov 2026 14:00:00 GMT";

    @Test
    void waitsForSecondsOrUntilADateOfTheServersOwnClock() {
        assertThat(pause(Map.of("Retry-After", "7"))).isEqualTo(Duration.ofSeconds(7));
        assertThat(pause(Map.of("Retry-After", "Wed, 25 Nov 2026 14:00:20 GMT", "Date", NOW)))
                .isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void takesNoAbsurdWish() {
        assertThat(pause(Map.of("Retry-After", "Wed, 25 Nov 2026 13:00:00 GMT", "Date", NOW)))
                .isZero();
        for (String junk : List.of("", "-5", "soon", "1e9", "99999999999999999999", "Wed, 99 Nov 2026 14:00:00 GMT")) {
            assertThat(pause(Map.of("Retry-After", junk))).as(junk).isZero();
        }
        Duration year = pause(Map.of("Retry-After", "31536000"));
        assertThat(Retries.pause(Duration.ofSeconds(1), year)).isEqualTo(Duration.ofMinutes(1));
        Duration age = pause(Map.of("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"));
        assertThat(Retries.pause(Duration.ofSeconds(1), age)).isEqualTo(Duration.ofMinutes(1));
        assertThat(Retries.pause(Duration.ofSeconds(4), Duration.ZERO)).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void leavesOtherAnswersToTheirReader() {
        assertThatCode(() -> answer(404, Map.of(), "").requireNotPassing()).doesNotThrowAnyException();
    }

    @Test
    void readsADocumentAndOneByteMoreAtMost() {
        assertThat(answer(200, Map.of(), "x".repeat(20_000)).document(30_000, Duration.ofSeconds(5)))
                .hasSize(20_000);
        assertThat(answer(200, Map.of(), "x".repeat(20_000)).document(100, Duration.ofSeconds(5)))
                .hasSize(101);
        assertThat(answer(200, Map.of(), "").document(100, Duration.ofSeconds(5)))
                .isEmpty();
    }

    @Test
    void doesNotReadADocumentForeverThatDrips() {
        InputStream drip = new InputStream() {
            @Override
            public int read() {
                try {
                    Thread.sleep(10);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return 'x';
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                bytes[offset] = (byte) read();
                return 1;
            }
        };
        Answer answer = new Answer(200, headers(Map.of()), drip);

        assertThatThrownBy(() -> answer.document(1 << 20, Duration.ofMillis(200)))
                .isInstanceOf(BrokenTransfer.class)
                .hasMessageContaining("bytes of the answer came in");
    }

    @Test
    void followsToNoOtherScheme() {
        URI secure = URI.create("https://registry.lab/v2/");
        assertThat(to("http://registry.lab/v2/x").location(secure)).isEmpty();
        assertThat(to("file:///etc/passwd").location(secure)).isEmpty();
        assertThat(to("not an address").location(secure)).isEmpty();
        assertThat(to("/v2/x?y=z").location(secure)).contains(URI.create("https://registry.lab/v2/x?y=z"));
        assertThat(to("https://elsewhere.lab/x").location(secure)).contains(URI.create("https://elsewhere.lab/x"));
    }

    private static Answer to(String location) {
        return answer(307, Map.of("Location", location), "");
    }

    private static Duration pause(Map<String, String> headers) {
        return catchThrowableOfType(
                        BrokenTransfer.class, () -> answer(429, headers, "").requireNotPassing())
                .pause();
    }

    private static Answer answer(int status, Map<String, String> headers, String body) {
        return new Answer(status, headers(headers), new ByteArrayInputStream(body.getBytes(UTF_8)));
    }

    private static HttpHeaders headers(Map<String, String> headers) {
        Map<String, List<String>> all = new HashMap<>();
        headers.forEach((name, value) -> all.put(name, List.of(value)));
        return HttpHeaders.of(all, (name, value) -> true);
    }
}
