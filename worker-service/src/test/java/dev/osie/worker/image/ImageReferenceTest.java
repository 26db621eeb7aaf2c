package dev.osie.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.settings.RegistryMirror;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageReferenceTest {
    @ParameterizedTest
    @CsvSource({
        "alpine, docker.io, alpine:latest",
        "library/alpine:3.20, docker.io, library/alpine:3.20",
        "registry.example/a/b, registry.example, registry.example/a/b:latest",
        "192.0.2.1:5000/a, 192.0.2.1:5000, 192.0.2.1:5000/a:latest",
        "localhost/a:1, localhost, localhost/a:1",
        "quay.example/a@sha256:00, quay.example, quay.example/a@sha256:00"
    })
    void knowsTheRegistryAndWhatToPull(String text, String registry, String pullable) {
        ImageReference reference = new ImageReference(text);

        assertThat(reference.registry()).isEqualTo(registry);
        assertThat(reference.pullable()).isEqualTo(pullable);
    }

    @ParameterizedTest
    @CsvSource({
        "osie-build/a, true",
        "docker.io/osie-build/a:1, true",
        "registry.example/osie-build/a, false",
        "a, false"
    })
    void knowsTheNamesOfTheSystemsOwnImages(String text, boolean own) {
        assertThat(new ImageReference(text).isOfTheSystem()).isEqualTo(own);
    }

    @ParameterizedTest
    @CsvSource({
        "alpine, cache.example/library/alpine all.example/x/library/alpine alpine",
        "index.docker.io/a/b:1, cache.example/a/b:1 all.example/x/a/b:1 index.docker.io/a/b:1",
        "ghcr.example/a@sha256:00, all.example/x/a@sha256:00 ghcr.example/a@sha256:00",
        "all.example/x/a, all.example/x/a"
    })
    void asksTheMirrorsOfItsRegistryFirst(String text, String expected) {
        List<RegistryMirror> mirrors = List.of(
                new RegistryMirror(Optional.of("docker.io"), "cache.example"),
                new RegistryMirror(Optional.empty(), "all.example/x"));

        assertThat(new ImageReference(text).candidates(mirrors))
                .extracting(ImageReference::text)
                .containsExactly(expected.split(" "));
    }
}
