package dev.osie.build.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChallengeTest {
    @Test
    void readsParametersWithAndWithoutQuotes() {
        Challenge challenge = Challenge.parse(
                        "Bearer realm=\"https://auth.example/token\",service=registry , scope=\"a:b:pull,push\",error=\"say \\\"please\\\"\"")
                .orElseThrow();

        assertThat(challenge.scheme()).isEqualTo("bearer");
        assertThat(challenge.parameter("realm")).contains("https://auth.example/token");
        assertThat(challenge.parameter("service")).contains("registry");
        assertThat(challenge.parameter("scope")).contains("a:b:pull,push");
        assertThat(challenge.parameter("error")).contains("say \"please\"");
    }

    @Test
    void bearsWhateverARegistrySends() {
        assertThat(Challenge.parse("")).isEmpty();
        assertThat(Challenge.parse("=\"")).isEmpty();
        assertThat(Challenge.parse("Basic")).isPresent();
        assertThat(Challenge.parse("Bearer realm=\"" + "\\a".repeat(4000))).isPresent();
        assertThat(Challenge.parse("Bearer realm=\"" + "\\a".repeat(100_000) + "\""))
                .isEmpty();
    }
}
