package dev.osie.build.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import dev.osie.build.artifact.ImageFormat;
import dev.osie.build.artifact.ImageOutput;
import dev.osie.build.assemble.StoredImages;
import dev.osie.build.assemble.StoredImages.Layer;
import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageSource;
import dev.osie.build.oci.LayerCompression;
import dev.osie.build.oci.Reference;
import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.oci.source.ImageSources;
import dev.osie.build.oci.source.SourceName;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.worker.docker.DockerDaemon;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images on their way from and to skopeo and a real Docker daemon; the latter needs root. */
@Tag("tools")
@Timeout(180)
final class ImageToolsTest {
    private static final String NAME = "registry.lab/app:1";

    @TempDir
    private static Path directory;

    @TempDir
    private static Path daemonDirectory;

    private static Store store;
    private static Image image;
    private static DockerDaemon daemon;

    @BeforeAll
    static void makeImageAndStartDocker() throws Exception {
        store = Store.open(directory.resolve("store"));
        image = new StoredImages(store)
                .put(
                        "osie-build/app:x86_64",
                        new Layer().file("bin/app", 0755, "x".repeat(100_000)),
                        new Layer().file("etc/app", 0644, "settings"));
        daemon = DockerDaemon.start(daemonDirectory);
        try (DockerClient docker = daemon.client();
                InputStream in = Files.newInputStream(export(ImageFormat.DOCKER_ARCHIVE, LayerCompression.NONE))) {
            docker.loadImageCmd(in).exec();
        }
    }

    @AfterAll
    static void stopDocker() throws Exception {
        if (daemon != null) {
            daemon.stop();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "OCI, none", "OCI, gzip", "OCI, zstd",
        "OCI_ARCHIVE, none", "OCI_ARCHIVE, gzip", "OCI_ARCHIVE, zstd",
        "DOCKER_ARCHIVE, none", "DOCKER_ARCHIVE, gzip", "DOCKER_ARCHIVE, zstd"
    })
    void skopeoReadsWhatIsExported(ImageFormat format, LayerCompression compression) throws Exception {
        // Of these transports, each holds what the format can: Docker's has no zstd when skopeo writes it.
        String to = format == ImageFormat.DOCKER_ARCHIVE ? "docker-archive" : "oci-archive";
        String copy = to + ":" + directory.resolve("copy-" + format + compression) + ":copy:1";

        // Skopeo compares the digests of all that it copies.
        skopeo("copy", format + ":" + export(format, compression) + ":" + NAME, copy);

        assertThat(fetch(copy)).isEqualTo(layers());
    }

    @ParameterizedTest
    @CsvSource({
        "oci, gzip, oci",
        "oci, zstd, oci",
        "oci-archive, gzip, oci",
        "oci-archive, zstd, oci",
        "docker-archive, gzip, v2s2"
    })
    void whatSkopeoWritesIsRead(String transport, String compression, String format) throws Exception {
        String target = transport + ":" + directory.resolve("of-skopeo-" + transport + compression) + ":" + NAME;
        Path source = export(ImageFormat.OCI_ARCHIVE, LayerCompression.NONE);

        skopeo("copy", "--format=" + format, "--dest-compress-format=" + compression, "oci-archive:" + source, target);

        assertThat(fetch(target)).isEqualTo(layers());
    }

    @ParameterizedTest
    @CsvSource({"none", "gzip"}) // Docker 20.10 reads no zstd
    void dockerLoadsWhatIsExportedAndWhatItSavesIsRead(LayerCompression compression) throws Exception {
        Path saved = directory.resolve("saved-" + compression + ".tar");
        try (DockerClient docker = daemon.client()) {
            try (InputStream in = Files.newInputStream(export(ImageFormat.DOCKER_ARCHIVE, compression))) {
                docker.loadImageCmd(in).exec();
            }
            assertThat(docker.inspectImageCmd(NAME).exec().getId())
                    .isEqualTo(Digest.of(image.config().toBytes()).toString());
            docker.tagImageCmd(NAME, "registry.lab/saved", "1").exec();
            try (InputStream in = docker.saveImageCmd("registry.lab/saved:1").exec()) {
                Files.copy(in, saved);
            }
        }

        assertThat(fetch("docker-archive:" + saved + ":registry.lab/saved:1")).isEqualTo(layers());
    }

    @Test
    void aDaemonsImageIsRead() throws Exception {
        try (ImageSource source = open("docker-daemon:" + NAME)) {
            assertThat(source.name()).contains(Reference.parse(NAME));
            assertThat(source.platforms()).hasSize(1);
            assertThat(source.outline(Architecture.X86_64).config()).isEqualTo(image.config());
            assertThat(source.fetch(Architecture.X86_64).config()).isEqualTo(image.config());
        }
        assertThat(fetch("docker-daemon:" + NAME)).isEqualTo(layers());
    }

    @Test
    void anImageThatDockerDoesNotHaveIsAnError() {
        assertThatThrownBy(() -> fetch("docker-daemon:nowhere:1"))
                .isInstanceOf(BuildException.class)
                .hasMessage("Docker at " + host() + " has no image nowhere:1.");
    }

    @Test
    void buildLooksForImagesInDockerFirstAndLocksTheirDigests() throws Exception {
        Path document = directory.resolve("plain.yml");
        Files.writeString(document, """
                kernel: { image: "lab/kernel:1", tar: none }
                services: [{ name: s, image: "registry.lab/app:1" }]
                """);
        loadKernel("the kernel");

        OsieBuild.Result built = build("cache", document, "--docker").succeeded();

        assertThat(built.errors()).contains("image      " + NAME + " is sha256:", "(from docker-daemon)");
        assertThat(Files.readString(directory.resolve("osie.lock")))
                .contains("name: docker.io/lab/kernel:1\n    from: docker-daemon\n    manifests:");
        build("cache", document).succeeded(); // what Docker gave is in the store now

        OsieBuild.Result elsewhere = build("another", document);
        assertThat(elsewhere.exitCode()).isEqualTo(3);
        assertThat(elsewhere.errors())
                .contains("plain.yml:1:18: The image docker.io/lab/kernel:1 is not in the store")
                .contains("it came from a Docker daemon when the lock was made", "--docker");
        build("another", document, "--docker").succeeded();

        loadKernel("another kernel");
        OsieBuild.Result changed = build("third", document, "--docker");
        assertThat(changed.exitCode()).isEqualTo(3);
        assertThat(changed.errors()).contains("and Docker has another of that name", "osie-build lock --docker");
    }

    private static OsieBuild.Result build(String cache, Path document, String... more) throws Exception {
        String[] arguments = Stream.concat(
                        Stream.of(
                                "build",
                                document.toString(),
                                "-o",
                                directory.resolve("out").toString()),
                        Stream.of(more))
                .toArray(String[]::new);
        return Project.checkout()
                .osieBuild()
                .cachingIn(directory.resolve(cache))
                .with("DOCKER_HOST", host())
                .run(arguments);
    }

    private static void loadKernel(String content) throws Exception {
        Image kernel =
                new StoredImages(store).put("osie-build/kernel:x86_64", new Layer().file("kernel", 0644, content));
        Path file = directory.resolve("kernel.tar");
        TreeMap<String, List<Image>> named = new TreeMap<>();
        named.put("docker.io/lab/kernel:1", List.of(kernel));
        new ImageOutput(store, LayerCompression.NONE, Progress.SILENT).write(named, ImageFormat.DOCKER_ARCHIVE, file);
        try (DockerClient docker = daemon.client();
                InputStream in = Files.newInputStream(file)) {
            docker.loadImageCmd(in).exec();
        }
    }

    private static Path export(ImageFormat format, LayerCompression compression) throws IOException {
        Path target = directory.resolve(format + "-" + compression);
        if (Files.notExists(target)) {
            TreeMap<String, List<Image>> named = new TreeMap<>();
            named.put(NAME, List.of(image));
            new ImageOutput(store, compression, Progress.SILENT).write(named, format, target);
        }
        return target;
    }

    private static ImageSource open(String source) throws IOException {
        Store fresh = Store.open(Files.createTempDirectory(directory, "store"));
        return new ImageSources(fresh, RegistrySettings.DEFAULT, Map.of("DOCKER_HOST", host()), Progress.SILENT)
                .open(SourceName.parse(source));
    }

    private static String host() {
        return "unix://" + daemonDirectory.resolve("docker.sock");
    }

    private static List<Blob> fetch(String name) throws IOException {
        try (ImageSource source = open(name)) {
            return source.fetch(Architecture.X86_64).layers().stream()
                    .map(Image.Layer::blob)
                    .toList();
        }
    }

    private static List<Blob> layers() {
        return image.layers().stream().map(Image.Layer::blob).toList();
    }

    private static void skopeo(String... arguments) throws InterruptedException {
        HostTool.require("skopeo", "skopeo").run(arguments);
    }
}
