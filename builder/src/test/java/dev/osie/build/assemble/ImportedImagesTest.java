package dev.osie.build.assemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.artifact.ImageFormat;
import dev.osie.build.artifact.ImageOutput;
import dev.osie.build.assemble.StoredImages.Layer;
import dev.osie.build.compose.CompositionRequest;
import dev.osie.build.failure.BuildException;
import dev.osie.build.failure.BuildException.Kind;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.lock.LockFile;
import dev.osie.build.lock.LockedImage;
import dev.osie.build.lock.Selection;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageSource;
import dev.osie.build.oci.LayerCompression;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.oci.source.ImageSources;
import dev.osie.build.oci.source.SourceName;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.runtime.ImageLayout;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Documents that name images which somebody imported: no registry is asked for them, and there is none. */
@Timeout(60)
final class ImportedImagesTest {
    private static final String APP = "docker.io/library/app:latest";
    private static final String DOCUMENT = """
            kernel: { image: "registry.lab/kernel:1", tar: none }
            services: [{ name: s, image: app }]
            osie: { embed: ["registry.lab/kernel:1"] }
            """;

    @TempDir
    private Path directory;

    private Path document;
    private Store elsewhere;
    private StoredImages images;
    private Store store;

    @BeforeEach
    void openStores() throws IOException {
        document = Files.writeString(directory.resolve("document.yaml"), DOCUMENT);
        elsewhere = Store.open(directory.resolve("elsewhere"));
        images = new StoredImages(elsewhere);
        store = Store.open(directory.resolve("store"));
    }

    @Test
    void anImportIsFoundByItsNameAndPinnedInTheLock() throws IOException {
        importAs("registry.lab/kernel:1", kernel(), ImageFormat.DOCKER_ARCHIVE, store);
        Image app = importAs("app", app("one"), ImageFormat.DOCKER_ARCHIVE, store);

        Osie osie = build(store);

        assertThat(osie.document()).contains("image: app@" + app.manifest());
        assertThat(locked(APP).from()).contains("docker-archive");
        assertThat(locked(APP).manifest(Architecture.X86_64)).contains(app.manifest());
        assertThat(locked("registry.lab/kernel:1").from()).contains("docker-archive");
        assertThat(osie.parts()).extracting(part -> part.unit().name()).contains("embedded images");
    }

    @Test
    void aLockHoldsWhenTheNameIsGivenToAnotherImage() throws IOException {
        importAs("registry.lab/kernel:1", kernel(), ImageFormat.DOCKER_ARCHIVE, store);
        Image first = importAs("app:latest", app("one"), ImageFormat.DOCKER_ARCHIVE, store);
        build(store);
        Image second = importAs("app", app("two"), ImageFormat.DOCKER_ARCHIVE, store);

        assertThat(build(store).document()).contains("app@" + first.manifest());
        new Locks(store, Progress.SILENT, List.of(request()), List.of()).update(Selection.EVERYTHING, false);
        assertThat(build(store).document()).contains("app@" + second.manifest());
    }

    @Test
    void theSameImportElsewhereServesTheSameLock() throws IOException {
        importAs("registry.lab/kernel:1", kernel(), ImageFormat.DOCKER_ARCHIVE, store);
        importAs("app", app("one"), ImageFormat.DOCKER_ARCHIVE, store);
        String built = build(store).document();

        Store other = Store.open(directory.resolve("other"));
        importAs("registry.lab/kernel:1", kernel(), ImageFormat.OCI_ARCHIVE, other);
        importAs("another.name/for:it", app("one"), ImageFormat.DOCKER_ARCHIVE, other);

        assertThat(build(other).document())
                .as("digests depend on the image alone")
                .isEqualTo(built);
    }

    @Test
    void whatWasImportedWhenTheLockWasMadeIsNoErrorOfARegistry() throws IOException {
        importAs("registry.lab/kernel:1", kernel(), ImageFormat.DOCKER_ARCHIVE, store);
        Image app = importAs("app", app("one"), ImageFormat.DOCKER_ARCHIVE, store);
        build(store);

        Store other = Store.open(directory.resolve("other"));
        importAs("registry.lab/kernel:1", kernel(), ImageFormat.DOCKER_ARCHIVE, other);

        assertThatThrownBy(() -> build(other))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("document.yaml:2:30: The image " + APP + " is not in the store")
                .hasMessageContaining("no registry can be asked for " + app.manifest())
                .hasMessageContaining("it came from an import (docker-archive)")
                .satisfies(failure -> {
                    assertThat(((BuildException) failure).kind()).isEqualTo(Kind.UNAVAILABLE);
                    assertThat(((BuildException) failure).hint().orElseThrow())
                            .contains("osie-build image import docker-archive:… --as " + APP);
                });
    }

    @Test
    void anImageWithAManifestIsPinnedByThatWhichOthersKnowToo() throws IOException {
        importAs("registry.lab/kernel:1", kernel(), ImageFormat.OCI, store);
        String gzip =
                importAs("app", app("one"), ImageFormat.OCI, store).manifest().toString();

        build(store);

        Digest pinned = locked(APP).manifest(Architecture.X86_64).orElseThrow();
        assertThat(pinned)
                .as("the manifest of the layout, with compressed layers")
                .isNotEqualTo(Digest.parse(gzip));
        Files.delete(directory.resolve("osie.lock"));
        Files.writeString(document, DOCUMENT.replace("image: app", "image: \"app@" + pinned + "\""));
        assertThat(build(store).document()).contains("app@" + pinned);
    }

    @Test
    void anImportForAnotherArchitectureIsNone() throws IOException {
        importAs("registry.lab/kernel:1", kernel(), ImageFormat.DOCKER_ARCHIVE, store);
        importAs("app", app("one"), ImageFormat.DOCKER_ARCHIVE, store);

        assertThat(new Layout(store).entry(Reference.parse(APP), Platform.linux(Architecture.AARCH64)))
                .isEmpty();
    }

    private Image kernel() {
        return images.put("osie-build/kernel:x86_64", new Layer().file("kernel", 0644, "the kernel"));
    }

    private Image app(String content) {
        return images.put("osie-build/app:x86_64", new Layer().file("bin/app", 0755, content));
    }

    /** As the verb does it. */
    private Image importAs(String name, Image image, ImageFormat format, Store into) {
        Path file = directory.resolve("image-" + image.manifest().hex() + "-" + format);
        TreeMap<String, List<Image>> named = new TreeMap<>();
        named.put("registry.lab/exported:1", List.of(image));
        if (Files.notExists(file)) {
            new ImageOutput(elsewhere, LayerCompression.GZIP, Progress.SILENT).write(named, format, file);
        }
        SourceName source = SourceName.parse(format + ":" + file);
        try (ImageSource from =
                new ImageSources(into, RegistrySettings.DEFAULT, Map.of(), Progress.SILENT).open(source)) {
            Optional<Digest> original = from.outline(Architecture.X86_64).manifest();
            Image fetched = from.fetch(Architecture.X86_64);
            new Layout(into)
                    .nameImport(
                            Reference.parse(name).full(),
                            fetched,
                            source.transport().toString(),
                            original);
            return fetched;
        }
    }

    private LockedImage locked(String name) {
        return LockFile.read(directory.resolve("osie.lock")).images().get(name);
    }

    private Osie build(Store from) {
        return new Assembler(from, Progress.SILENT).assemble(request());
    }

    private BuildRequest request() {
        return new BuildRequest(
                new Project(directory),
                CompositionRequest.of(document.toString(), Architecture.X86_64),
                Optional.empty(),
                Optional.empty(),
                RegistrySettings.DEFAULT,
                Optional.empty(),
                Compression.ZSTD_3,
                ImageLayout.SHARED,
                Optional.of(StoredImages.LATEST));
    }
}
