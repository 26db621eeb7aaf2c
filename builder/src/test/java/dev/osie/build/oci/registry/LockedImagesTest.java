package dev.osie.build.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.assemble.BuildRequest;
import dev.osie.build.assemble.Locks;
import dev.osie.build.assemble.Project;
import dev.osie.build.compose.CompositionRequest;
import dev.osie.build.failure.BuildException;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockDifference;
import dev.osie.build.lock.LockedImage;
import dev.osie.build.lock.Selection;
import dev.osie.build.oci.MediaType;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.runtime.ImageLayout;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a lock says of images at a registry. */
class LockedImagesTest {
    @TempDir
    private Path directory;

    private FakeRegistry registry;
    private Path document;

    @BeforeEach
    void writeDocument() throws IOException {
        registry = FakeRegistry.start();
        document = Files.writeString(
                directory.resolve("plain.yml"),
                "kernel: { image: HOST/lab/kernel:1 }\ninit: [HOST/lab/init:1]\n".replace("HOST", registry.host()));
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void keepsTheIndexAndTheManifestsOfBothArchitectures() throws IOException {
        Digest index = putIndex("init", "first");
        putIndex("kernel", "first");

        LockedImage image = update(Selection.NOTHING).images().get(registry.host() + "/lab/init:1");

        assertThat(image.index()).contains(index);
        assertThat(image.manifests()).containsOnlyKeys(Architecture.values());
    }

    @Test
    void movesAnImageThatIsNamedAndNoOther() throws IOException {
        putIndex("init", "first");
        putIndex("kernel", "first");
        Lock first = update(Selection.NOTHING);
        putIndex("init", "second");
        putIndex("kernel", "second");

        assertThat(update(Selection.NOTHING)).isEqualTo(first);
        Lock second = update(Selection.of(first, List.of(registry.host() + "/lab/init")));

        assertThat(LockDifference.between(first, second).changes())
                .extracting(LockDifference.Change::name)
                .containsExactly(registry.host() + "/lab/init:1");
        assertThat(LockDifference.between(first, update(Selection.EVERYTHING)).changes())
                .hasSize(2);
    }

    @Test
    void namesTheImageThatIsNotMadeForAnArchitecture() throws IOException {
        image("init", "amd64", "only").put("1");
        putIndex("kernel", "first");

        assertThatThrownBy(() -> update(Selection.NOTHING, Architecture.values()))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.UNAVAILABLE))
                .hasMessageContaining("plain.yml:2:8: The image " + registry.host()
                        + "/lab/init:1 is not made for aarch64; there are x86_64.");
        assertThat(update(Selection.NOTHING).images()).hasSize(2);
    }

    private Lock update(Selection selection, Architecture... architectures) {
        return new Locks(
                        Store.open(directory.resolve("store")),
                        Progress.SILENT,
                        List.of(request()),
                        List.of(architectures))
                .update(selection, false)
                .lock();
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
                Optional.empty());
    }

    private Digest putIndex(String name, String content) throws IOException {
        Digest amd = image(name, "amd64", content).put("amd64");
        Digest arm = image(name, "arm64", content).put("arm64");
        return registry.manifest(
                "lab/" + name,
                MediaType.INDEX,
                "{\"schemaVersion\": 2, \"manifests\": [" + entry(amd, "amd64") + ", " + entry(arm, "arm64") + "]}",
                "1");
    }

    private TestImage image(String name, String architecture, String content) throws IOException {
        return new TestImage(registry, "lab/" + name).on(architecture).gzip("a", architecture + content);
    }

    private static String entry(Digest digest, String architecture) {
        return "{\"mediaType\": \"" + MediaType.MANIFEST + "\", \"digest\": \"" + digest
                + "\", \"size\": 1, \"platform\": {\"os\": \"linux\", \"architecture\": \"" + architecture + "\"}}";
    }
}
