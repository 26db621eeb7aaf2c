package dev.osie.build.compose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.platform.Architecture;
import dev.osie.build.spec.ContainerEntry;
import dev.osie.build.spec.FileEntry;
import dev.osie.build.spec.ImageName;
import dev.osie.build.spec.LinuxKitWriter;
import dev.osie.build.spec.OsieDocument;
import dev.osie.worker.settings.ContainerdSettings;
import dev.osie.worker.settings.SettingsReader;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lab's proxy and mirrors reach whoever pulls the images of actions: Docker, or the worker. */
class PullSettingsTest {
    private static final Path ROOT = Path.of("..");
    private static final String SETTINGS = "etc/osie-build/docker.d";

    @TempDir
    private Path directory;

    @Test
    void bringNoDockerWhereTheWorkerPulls() {
        OsieDocument document = compose("slim-containerd");

        assertThat(document.services())
                .extracting(ContainerEntry::name)
                .contains("tink-worker")
                .doesNotContain("docker");
    }

    @Test
    void theWorkerReadsThem() throws IOException {
        OsieDocument document = compose("slim-containerd");
        assertThat(service(document, "tink-worker")).contains("- /" + SETTINGS + ":/" + SETTINGS + ":ro");
        write(document);
        Path kernel = Files.writeString(directory.resolve("cmdline"), "console=ttyS0\n");

        ContainerdSettings settings = new SettingsReader(
                        kernel, directory, directory, Map.of("AGENT_RUNTIME", "containerd"), List.of())
                .read()
                .containerd()
                .orElseThrow();

        assertThat(settings.hubMirrors()).containsExactly(URI.create("http://registry.lab.example:5000"));
        assertThat(settings.insecureRegistries()).containsExactly("registry.lab.example:5000");
        assertThat(settings.proxies().of(new URL("https://registry-1.docker.io/v2/")))
                .hasToString("Optional[http://proxy.lab.example:3128]");
        assertThat(settings.proxies().of(new URL("http://registry.lab.example:5000")))
                .isEmpty();
    }

    @Test
    void dockerReadsThemWhereItIs() throws IOException {
        OsieDocument document = compose("hook");
        assertThat(service(document, "docker")).contains("- /" + SETTINGS + ":/" + SETTINGS + ":ro");
        assertThat(service(document, "tink-worker")).doesNotContain(SETTINGS);
        write(document);

        assertThat(directory.resolve("proxy.conf")).content().contains("HTTPS_PROXY=http://proxy.lab.example:3128\n");
        assertThat(directory.resolve("registries.conf"))
                .content()
                .contains("registry_mirrors=http://registry.lab.example:5000\n");
    }

    private static OsieDocument compose(String flavor) {
        return new Composer(ROOT)
                .compose(new CompositionRequest(
                        List.of(flavor),
                        Optional.empty(),
                        List.of("proxy", "mirrors"),
                        Map.of(),
                        Architecture.X86_64,
                        Optional.empty()))
                .document();
    }

    /** An entry of the document as it is written. */
    private static String service(OsieDocument document, String name) {
        String text = new LinuxKitWriter(ImageName::text).write(document, Optional.empty());
        String services = text.substring(text.indexOf("\nservices:"), text.indexOf("\nfiles:"));
        return Stream.of(services.split("(?m)^ *- (?=name: )"))
                .filter(entry -> entry.startsWith("name: " + name + "\n"))
                .findFirst()
                .orElseThrow();
    }

    private void write(OsieDocument document) throws IOException {
        for (FileEntry file : document.files()) {
            if (file.path().startsWith(SETTINGS + "/") && file.kind() instanceof FileEntry.Contents contents) {
                Files.writeString(directory.resolve(Path.of(file.path()).getFileName()), contents.text());
            }
        }
    }
}
