package dev.osie.worker.settings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1:42113, 192.0.2.1, 42113",
        "tink.example, tink.example, 42113",
        "tink.example:, tink.example, 42113",
        "tink.example:1, tink.example, 1",
        "[2001:db8::1]:50051, 2001:db8::1, 50051",
        "[2001:db8::1], 2001:db8::1, 42113",
        "2001:db8::1, 2001:db8::1, 42113"
    })
    void readsHostAndPort(String text, String host, int port) {
        assertThat(Authority.parse(text)).contains(new Authority(host, port));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":42113", "http://tink.example", "a:0", "a:65536", "a:b", "[::1", "[::1]x:1", "a b:1"})
    void refusesAnythingElse(String text) {
        assertThat(Authority.parse(text)).isEmpty();
    }

    @Test
    void writesIpv6InBrackets() {
        assertThat(new Authority("2001:db8::1", 1)).hasToString("[2001:db8::1]:1");
    }
}
