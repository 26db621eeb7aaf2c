package dev.osie.worker.containerd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.worker.action.Deadline;
import dev.osie.worker.action.Deadline.OutOfTime;
import dev.osie.worker.console.Console;
import dev.osie.worker.containerd.LabImage.Layer;
import dev.osie.worker.image.ImageReference;
import dev.osie.worker.registry.Registries;
import dev.osie.worker.settings.RegistryProxies;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a real containerd; it needs root, containerd and busybox-static. */
@Tag("tools")
@Timeout(60)
class EmbeddedImagesTest {
    private static final String NAME = "registry.lab/step:1";
    private static final String MARK = "docker.io/osie-build/embedded:0123456789abcdef";
    private static final Deadline NEVER = new Deadline(Optional.empty());

    @TempDir
    private static Path daemonDirectory;

    private static ContainerdDaemon daemon;

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private Path archive;
    private Containerd containerd;

    @BeforeAll
    static void startContainerd() throws Exception {
        daemon = ContainerdDaemon.start(daemonDirectory);
    }

    @AfterAll
    static void stopContainerd() throws Exception {
        if (daemon != null) {
            daemon.stop();
        }
    }

    @BeforeEach
    void connect() {
        archive = directory.resolve("embedded.tar");
        containerd = Containerd.at(daemon.socket(), daemon.namespace());
    }

    @AfterEach
    void removeImages() throws Exception {
        containerd.close();
        assertThat(daemon.ctr("leases", "list", "--quiet")).isEmpty();
        for (String image : daemon.ctr("images", "list", "--quiet").lines().toList()) {
            daemon.ctr("images", "remove", "--sync", image);
        }
        assertThat(daemon.ctr("content", "list", "--quiet")).isEmpty();
    }

    @Test
    void containerdHasTheImagesUnderAllTheirNamesAndTheArchiveIsGone() throws Exception {
        LabImage other = new LabImage("\"Cmd\":[\"id\"]", Layer.shell(), new Layer().file("etc/other", "here"));
        write(Map.of(NAME, LabImage.shell(), MARK, LabImage.shell(), "docker.io/lab/other:1", other));

        takeIn();

        assertThat(images().isEmbedded(new ImageReference(NAME))).isTrue();
        assertThat(images().isEmbedded(new ImageReference("lab/other:1")))
                .as("this one has no second name")
                .isFalse();
        assertThat(images().find(new ImageReference(NAME)).orElseThrow().snapshot())
                .isNotEmpty();
        assertThat(images().find(new ImageReference("lab/other:1"))
                        .orElseThrow()
                        .config()
                        .command())
                .containsExactly("id");
        assertThat(archive).doesNotExist();
        assertThat(console())
                .singleElement()
                .asString()
                .startsWith("worker has taken in the images that came with the system in ");
    }

    @Test
    void layersAreNotKept() throws Exception {
        write(Map.of(NAME, LabImage.shell(), MARK, LabImage.shell()));

        takeIn();

        // The manifest and the configuration.
        assertThat(daemon.ctr("content", "list", "--quiet").lines()).hasSize(2);
        assertThat(daemon.ctr("snapshots", "list")).contains("Committed").doesNotContain("Active");
    }

    @Test
    void anArchiveThatACrashHasLeftIsTakenInAgain() throws Exception {
        LabImage image = new LabImage("", Layer.shell(), new Layer().file("etc/upper", "here"));
        SortedMap<String, byte[]> files = LabImage.archive(Map.of(NAME, image));
        SortedMap<String, byte[]> partial = LabImage.archive(Map.of(NAME, image));
        partial.remove(image.layer(1));
        Files.write(archive, LabImage.tar(partial));
        takeIn();
        assertThat(images().isHere(new ImageReference(NAME))).isFalse();
        output.reset();

        Files.write(archive, LabImage.tar(files));
        takeIn();
        Files.write(archive, LabImage.tar(files));
        takeIn();

        assertThat(images().isHere(new ImageReference(NAME))).isTrue();
        assertThat(console()).hasSize(2).allMatch(line -> line.startsWith("worker has taken in"));
        assertThat(archive).doesNotExist();
    }

    @Test
    void anArchiveThatIsNoneIsToldOfOnceAndHoldsNothingUp() throws Exception {
        Files.writeString(archive, "no archive\n".repeat(100));
        EmbeddedImages embedded = new EmbeddedImages(archive, new Console(output));

        embedded.takeIn(containerd, NEVER);
        embedded.takeIn(containerd, NEVER);

        assertThat(console())
                .containsExactly("worker can't take in the images that came with the system, which are pulled instead: "
                        + archive + ": it has a header that can't be read");
        assertThat(archive).exists();
    }

    @Test
    void anArchiveThatIsCutShortIsTold() throws Exception {
        byte[] whole = LabImage.tar(LabImage.archive(Map.of(NAME, LabImage.shell())));
        Files.write(archive, Arrays.copyOf(whole, whole.length / 2));

        takeIn();

        assertThat(console()).singleElement().asString().endsWith(": it is cut short");
    }

    @Test
    void anArchiveWithAnotherBlobInPlaceOfALayerLeavesNothingWrongBehind() throws Exception {
        LabImage image = LabImage.shell();
        SortedMap<String, byte[]> files = LabImage.archive(Map.of(NAME, image));
        byte[] right = files.get(image.layer(0));
        byte[] wrong = right.clone();
        wrong[wrong.length / 2] ^= 1;
        files.put(image.layer(0), wrong);
        Files.write(archive, LabImage.tar(files));

        takeIn();

        assertThat(console()).singleElement().asString().contains(": something else came than sha256:");
        assertThat(images().isHere(new ImageReference(NAME))).isFalse();
        files.put(image.layer(0), right);
        Files.write(archive, LabImage.tar(files));
        takeIn();
        assertThat(images().isHere(new ImageReference(NAME))).isTrue();
    }

    @Test
    void anArchiveWithoutWhatItNamesIsTold() throws Exception {
        SortedMap<String, byte[]> files = LabImage.archive(Map.of(NAME, LabImage.shell()));
        files.keySet().removeIf(path -> path.startsWith("blobs/"));
        Files.write(archive, LabImage.tar(files));
        takeIn();
        files.put("index.json", "{\"manifests\":[{\"digest\":\"sha256:../../x\",\"size\":1}]}".getBytes(UTF_8));
        Files.write(archive, LabImage.tar(files));
        takeIn();
        files.remove("index.json");
        Files.write(archive, LabImage.tar(files));
        takeIn();

        assertThat(console())
                .satisfiesExactly(
                        line -> assertThat(line).contains(": it has no blobs/sha256/"),
                        line -> assertThat(line).endsWith(": index.json names no image"),
                        line -> assertThat(line).endsWith(": it has no index.json"));
    }

    @Test
    void takesNoLongerThanTheActionMay() throws Exception {
        write(Map.of(NAME, LabImage.shell()));
        Deadline over = new Deadline(Optional.of(Duration.ZERO));
        EmbeddedImages embedded = new EmbeddedImages(archive, new Console(output));

        assertThatThrownBy(() -> embedded.takeIn(containerd, over)).isInstanceOf(OutOfTime.class);
        embedded.takeIn(containerd, NEVER);

        assertThat(images().isHere(new ImageReference(NAME))).isTrue();
    }

    private void write(Map<String, LabImage> named) throws Exception {
        Files.write(archive, LabImage.tar(LabImage.archive(named)));
    }

    private void takeIn() throws Exception {
        images().prepare(NEVER);
    }

    private ContainerdImages images() {
        return new ContainerdImages(
                containerd,
                new Registries(Optional.empty(), List.of(), List.of(), RegistryProxies.NONE),
                new EmbeddedImages(archive, new Console(output)));
    }

    private List<String> console() {
        return output.toString(UTF_8).lines().toList();
    }
}
