package dev.osie.build.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AliasPatternTest {
    @Test
    void comparesAsTheKernelsToolsDo() {
        assertThat(AliasPattern.matches("a*b*c", "axxbyyc")).isTrue();
        assertThat(AliasPattern.matches("a*b*c", "axxbyycd")).isFalse();
        assertThat(AliasPattern.matches("a?[0-9A-F][xy]", "abEy")).isTrue();
        assertThat(AliasPattern.matches("a?[0-9A-F][xy]", "abGy")).isFalse();
        assertThat(AliasPattern.matches("a[0-9", "a[0-9")).isFalse();
        assertThat(AliasPattern.matches("**", "")).isTrue();
        assertThat(AliasPattern.matches("*a".repeat(60) + "b", "a".repeat(20_000)))
                .isFalse();
    }
}
