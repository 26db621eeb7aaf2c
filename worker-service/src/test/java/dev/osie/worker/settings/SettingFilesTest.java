package dev.osie.worker.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an OSIE was built with for the pulling of images. */
class SettingFilesTest {
    @TempDir
    private Path directory;

    private Path files;

    @BeforeEach
    void makeDirectory() throws IOException {
        files = Files.createDirectory(directory.resolve("docker.d"));
    }

    @Test
    void saysHowContainerdsImagesArePulled() throws IOException {
        write("registries.conf", "registry_mirrors=http://m.lab:5000\ninsecure_registries=m.lab:5000\n");
        write("proxy.conf", "HTTP_PROXY=http://p.lab:1\nHTTPS_PROXY=http://u:s3cret@p.lab:2\nNO_PROXY=.lab\n");

        Settings settings = read("worker_runtime=containerd");

        ContainerdSettings containerd = settings.containerd().orElseThrow();
        assertThat(containerd.hubMirrors()).containsExactly(URI.create("http://m.lab:5000"));
        assertThat(containerd.insecureRegistries()).containsExactly("m.lab:5000");
        assertThat(containerd.proxies().of(new URL("https://r.example")).map(HttpProxy::toString))
                .contains("http://p.lab:2");
        assertThat(containerd.proxies().of(new URL("http://r.example")).map(HttpProxy::toString))
                .contains("http://p.lab:1");
        assertThat(containerd.proxies().of(new URL("http://m.lab:5000"))).isEmpty();
        assertThat(settings.proxy()).as("of the workflow server").isEmpty();
        assertThat(settings.problems()).isEmpty();
    }

    @Test
    void theKernelCommandLineWins() throws IOException {
        write("registries.conf", "registry_mirrors=http://m.lab:5000\n");
        write("proxy.conf", "HTTPS_PROXY=http://p.lab:2\nNO_PROXY=*\n");

        Settings settings = read("worker_runtime=containerd registry_mirrors=http://k.lab HTTPS_PROXY=http://k.lab:3"
                + " NO_PROXY=x.lab");

        ContainerdSettings containerd = settings.containerd().orElseThrow();
        assertThat(containerd.hubMirrors()).containsExactly(URI.create("http://k.lab"));
        assertThat(containerd.proxies().of(new URL("https://r.example")).map(HttpProxy::toString))
                .contains("http://k.lab:3");
        assertThat(settings.proxy()).isPresent();
    }

    @Test
    void theLastFileCountsAndWhatIsEmptyIsNone() throws IOException {
        write("a.conf", "insecure_registries=a.lab\n");
        write("b.conf", "insecure_registries=b.lab\nregistry_mirrors=\n");
        write("c.txt", "insecure_registries=c.lab\n");
        write("d.conf", "insecure_registries=\n# another\nworker_id=other\n");

        Settings settings = read("worker_runtime=containerd worker_id=w");

        assertThat(settings.containerd().orElseThrow().insecureRegistries()).containsExactly("b.lab");
        assertThat(settings.id()).contains("w");
        assertThat(settings.problems()).isEmpty();
    }

    @Test
    void whatCannotBeUsedIsToldOnceWithItsPlaceAndWithoutAPassword() throws IOException {
        write("proxy.conf", "HTTPS_PROXY=socks5://u:s3cret@p.lab\n");

        assertThat(read("worker_runtime=containerd NO_PROXY=10.0.0.0/33").problems())
                .containsExactly(
                        "NO_PROXY is '10.0.0.0/33' on the kernel command line, expected hosts, domains, addresses and"
                                + " networks with commas; making no exceptions",
                        "HTTPS_PROXY is '…@p.lab' in " + files.resolve("proxy.conf")
                                + ", expected http://[USER:PASSWORD@]HOST[:PORT]; going without a proxy");
    }

    @Test
    void areDockersWhereDockerRunsTheActions() throws IOException {
        write("proxy.conf", "HTTPS_PROXY=socks5://p.lab\n");

        assertThat(read("").problems()).isEmpty();
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(files.resolve(file), text);
    }

    private Settings read(String kernel) throws IOException {
        Path commandLine = Files.writeString(directory.resolve("cmdline"), kernel + "\n");
        return new SettingsReader(commandLine, directory, files, Map.of(), List.of()).read();
    }
}
