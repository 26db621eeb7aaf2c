package dev.osie.build.oci.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.source.SourceName.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SourceNameTest {
    @ParameterizedTest
    @CsvSource({
        "oci:dir, OCI, dir, ''",
        "oci:dir:1, OCI, dir, 1",
        "oci-archive:/a/b.tar:lab.example:5000/x:1, OCI_ARCHIVE, /a/b.tar, lab.example:5000/x:1",
        "docker-archive:x.tar.gz:app:1, DOCKER_ARCHIVE, x.tar.gz, app:1",
        "docker-daemon:app:1, DOCKER_DAEMON, '', app:1",
        "docker://redis:7, REGISTRY, '', redis:7",
        "redis:7, REGISTRY, '', redis:7",
        "oci, REGISTRY, '', oci",
        "registry.lab:5000/oci:1, REGISTRY, '', registry.lab:5000/oci:1"
    })
    void readsWhatSkopeoWrites(String text, Transport transport, String place, String image) {
        SourceName name = SourceName.parse(text);

        assertThat(name).isEqualTo(new SourceName(transport, place, image));
        assertThat(SourceName.parse(name.toString())).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"oci:", "oci-archive::x", "docker-daemon:"})
    void asksForWhatIsMissing(String text) {
        assertThatThrownBy(() -> SourceName.parse(text))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("names no image: expected");
    }

    @Test
    void noticesASlip() {
        assertThatThrownBy(() -> SourceName.parse("docker-demon:app:1"))
                .isInstanceOf(BuildException.class)
                .extracting(failure -> ((BuildException) failure).hint().orElseThrow())
                .asString()
                .contains("'docker-daemon:app:1'", "docker://docker-demon:app:1");
    }

    @Test
    void noticesAFileWithoutItsTransport(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("app.tar"));
        Files.createFile(directory.resolve("index.json"));

        assertThatThrownBy(() -> SourceName.parse(file.toString())).hasMessageContaining("is a file");
        assertThatThrownBy(() -> SourceName.parse(directory.toString())).hasMessageContaining("is a directory");
    }
}
