package dev.osie.build.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.store.Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {
    private static final String DIGEST = Digest.ofText("x").toString();

    @Test
    void takesANameApart() {
        Reference reference = Reference.parse("registry.example:5000/a/b-c_d.e:1.0@" + DIGEST);

        assertThat(reference.repository()).isEqualTo("registry.example:5000/a/b-c_d.e");
        assertThat(reference.tag()).contains("1.0");
        assertThat(reference.digest()).contains(Digest.parse(DIGEST));
        assertThat(reference).hasToString("registry.example:5000/a/b-c_d.e:1.0@" + DIGEST);
    }

    @Test
    void takesAPortForNoTag() {
        assertThat(Reference.parse("localhost:5000/a").tag()).isEmpty();
    }

    @Test
    void pinsAName() {
        assertThat(Reference.parse("osie-build/init:x86_64").at(Digest.parse(DIGEST)))
                .hasToString("osie-build/init@" + DIGEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A/b", "a//b", "a:", "a@sha256:12", "a:b:c", "-a", "a/../b", "a b", "/a", "a/"})
    void refuses(String text) {
        assertThatThrownBy(() -> Reference.parse(text)).isInstanceOf(BuildException.class);
    }
}
