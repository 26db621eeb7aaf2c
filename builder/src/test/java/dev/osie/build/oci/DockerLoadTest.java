package dev.osie.build.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import dev.osie.worker.docker.DockerDaemon;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Archives of images in the hands of those who read them: a real Docker daemon, and skopeo. The first needs root. */
@Tag("tools")
@Timeout(120)
class DockerLoadTest {
    private static final String FIRST = "docker.io/osie-build/first:latest";
    private static final String ALIAS = "registry.lab:5000/first:1";
    private static final String SECOND = "registry.lab/second:1";

    @TempDir
    private static Path directory;

    @TempDir
    private static Path daemonDirectory;

    private static DockerDaemon daemon;
    private static Path archive;
    private static Image first;
    private static Image second;

    @BeforeAll
    static void makeArchiveAndStartDocker() throws Exception {
        Store store = Store.open(directory.resolve("store"));
        first = image(store, "etc/shared", "etc/own");
        second = image(store, "etc/shared");
        TreeMap<String, Image> images = new TreeMap<>();
        images.put(FIRST, first);
        images.put(ALIAS, first);
        images.put(SECOND, second);
        archive = directory.resolve("images.tar");
        try (InputStream in = new ImageArchive(store, images).open()) {
            Files.copy(in, archive);
        }
        daemon = DockerDaemon.start(daemonDirectory);
    }

    @AfterAll
    static void stopDocker() throws Exception {
        if (daemon != null) {
            daemon.stop();
        }
    }

    @Test
    void dockerLoadsEveryImageUnderItsNames() throws Exception {
        try (DockerClient docker = daemon.client();
                InputStream in = Files.newInputStream(archive)) {
            docker.loadImageCmd(in).exec();

            InspectImageResponse loaded =
                    docker.inspectImageCmd("osie-build/first").exec();
            assertThat(loaded.getRepoTags()).containsExactlyInAnyOrder("osie-build/first:latest", ALIAS);
            assertThat(loaded.getId())
                    .isEqualTo(Digest.of(first.config().toBytes()).toString());
            assertThat(loaded.getRootFS().getLayers()).isEqualTo(layers(first));
            assertThat(docker.inspectImageCmd(SECOND).exec().getRootFS().getLayers())
                    .isEqualTo(layers(second));
        }
    }

    @Test
    void skopeoReadsItAsDockersArchiveAndAsAnImageLayout() throws Exception {
        String docker = skopeo("docker-archive:" + archive + ":" + SECOND);
        String layout = skopeo("oci-archive:" + archive + ":" + SECOND);

        assertThat(docker).contains("\"Architecture\": \"amd64\"").contains(layers(second));
        assertThat(layout).contains("\"Architecture\": \"amd64\"").contains(layers(second));
        assertThat(docker).doesNotContain(layers(first).get(1));
    }

    private static String skopeo(String image) throws Exception {
        Process process = new ProcessBuilder("skopeo", "inspect", image)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static List<String> layers(Image image) {
        return image.layers().stream()
                .map(layer -> layer.blob().digest().toString())
                .toList();
    }

    /** An image with a layer for each file. */
    private static Image image(Store store, String... paths) {
        List<Blob> layers = Stream.of(paths)
                .map(path -> new Tree.Builder()
                        .put(path, new Node.RegularFile(Attributes.root(0644, 0), Content.of(path)))
                        .build(0))
                .map(tree -> store.write(out -> TarLayer.write(tree, out)))
                .toList();
        ImageConfig config = new ImageConfig(
                Platform.linux(Architecture.X86_64),
                Optional.empty(),
                Optional.empty(),
                Execution.EMPTY,
                layers.stream().map(Blob::digest).toList(),
                List.of());
        return new Layout(store)
                .put(
                        Reference.parse("osie-build/" + paths.length + ":x86_64"),
                        config,
                        layers.stream()
                                .map(layer -> new Image.Layer(layer, "made by a test"))
                                .toList());
    }
}
