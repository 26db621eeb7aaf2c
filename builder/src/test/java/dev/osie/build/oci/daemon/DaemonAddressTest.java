package dev.osie.build.oci.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Store;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DaemonAddressTest {
    @Test
    void takesWhatDockerHostSays() {
        assertThat(DaemonAddress.of(Map.of("DOCKER_HOST", "unix:///run/user/7/docker.sock")))
                .hasToString("unix:///run/user/7/docker.sock");
        assertThat(DaemonAddress.of(Map.of("DOCKER_HOST", "tcp://127.0.0.1:2375")))
                .hasToString("tcp://127.0.0.1:2375");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ssh://host", "unix://relative", "/var/run/docker.sock", "tcp://a b", "npipe:////./pipe/x"})
    void refusesWhatItCannotSpeakTo(String host) {
        assertThatThrownBy(() -> DaemonAddress.of(Map.of("DOCKER_HOST", host)))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("DOCKER_HOST is '" + host + "'");
    }

    @Test
    void refusesTls() {
        assertThatThrownBy(() -> DaemonAddress.of(Map.of("DOCKER_HOST", "tcp://lab:2376", "DOCKER_TLS_VERIFY", "1")))
                .hasMessageContaining("with TLS");
    }

    @Test
    void aDaemonThatIsNotThereIsNamedWithItsAddress(@TempDir Path directory) {
        String host = "unix://" + directory.resolve("docker.sock");
        Store store = Store.open(directory.resolve("store"));
        DaemonImages images = DaemonImages.ofEnvironment(Map.of("DOCKER_HOST", host), store, Progress.SILENT);

        assertThatThrownBy(() -> images.find(Reference.parse("app:1"), Architecture.X86_64))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("Tried to ask Docker at " + host + " for an image app:1, but ")
                .extracting(failure -> ((BuildException) failure).hint().orElseThrow())
                .asString()
                .contains("DOCKER_HOST=unix:///PATH");
    }
}
