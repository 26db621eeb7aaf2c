package dev.osie.worker.containerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.worker.containerd.LabImage.Layer;
import dev.osie.worker.image.Descriptor;
import dev.osie.worker.image.ImageManifest;
import dev.osie.worker.image.ImageReference;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images on their way into a real containerd, from a place that delivers as the test wants. */
@Tag("tools")
@Timeout(60)
class ImageIntakeTest {
    private static final List<ImageReference> NAME = List.of(new ImageReference("registry.lab/step:1"));

    /** Of a layer, what is sent to containerd at once. */
    private static final int PIECE = 1024 * 1024;

    @TempDir
    private static Path siteDirectory;

    private static ContainerdSite site;

    private Containerd containerd;

    @BeforeAll
    static void start() throws Exception {
        site = new ContainerdSite(siteDirectory);
    }

    @AfterAll
    static void stop() throws Exception {
        site.stop();
    }

    @BeforeEach
    void connect() {
        containerd = Containerd.at(site.socket(), site.daemon().namespace());
    }

    @AfterEach
    void hangUp() {
        containerd.close();
    }

    @Test
    void severalLayersAreOnTheirWayAtOnceAndOneThatIsThereTwiceIsFetchedOnce() throws Exception {
        LabImage image = new LabImage(
                "",
                Layer.shell(),
                new Layer().file("etc/a", "a"),
                new Layer().file("etc/b", "b"),
                new Layer().file("etc/a", "a"));
        CountDownLatch together = new CountDownLatch(3);
        Place place = new Place(image) {
            @Override
            InputStream open(int layer, long offset) throws IOException {
                together.countDown();
                await(together);
                return super.open(layer, offset);
            }
        };

        place.deliver();

        assertThat(place.opened).containsExactlyInAnyOrder("0 from 0", "1 from 0", "2 from 0");
        site.assertNothingIsLeft();
    }

    @Test
    void aLayerThatFailsEndsTheOthersAndTheNextTryGoesOnWithThem() throws Exception {
        byte[] noise = new byte[2 * PIECE];
        new Random(1).nextBytes(noise);
        LabImage image = new LabImage("", new Layer().file("etc/noise", 0644, noise), new Layer().file("etc/c", "c"));
        CountDownLatch piece = new CountDownLatch(1);
        CountDownLatch aborted = new CountDownLatch(1);
        Place broken = new Place(image) {
            @Override
            InputStream open(int layer, long offset) throws IOException {
                if (layer == 1) {
                    await(piece);
                    throw new IOException("the registry is gone");
                }
                return new Stalling(super.open(layer, offset), piece, aborted);
            }

            @Override
            public void abort() {
                aborted.countDown();
            }
        };

        assertThatThrownBy(broken::deliver).isInstanceOf(IOException.class);

        Place whole = new Place(image);
        whole.deliver();
        assertThat(whole.opened).containsExactlyInAnyOrder("0 from " + PIECE, "1 from 0");
        site.assertNothingIsLeft();
    }

    /** Gives its first piece, and then nothing until the pull is given up. */
    private static final class Stalling extends FilterInputStream {
        private final CountDownLatch given;
        private final CountDownLatch aborted;
        private int left = PIECE;

        Stalling(InputStream in, CountDownLatch given, CountDownLatch aborted) {
            super(in);
            this.given = given;
            this.aborted = aborted;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0) {
                given.countDown();
                // As a socket, which notices no interrupt.
                while (aborted.getCount() > 0) {
                    Thread.onSpinWait();
                }
                throw new IOException("closed");
            }
            int count = super.read(bytes, offset, Math.min(length, left));
            left -= count;
            return count;
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new IOException("nothing happens beside this");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Where an image comes from. */
    private class Place implements ImageIntake.Source {
        private final LabImage image;
        private final List<String> layers;
        private final List<String> opened = new CopyOnWriteArrayList<>();

        Place(LabImage image) throws IOException {
            this.image = image;
            this.layers = ImageManifest.read(image.manifest()).layers().stream()
                    .map(Descriptor::digest)
                    .toList();
        }

        void deliver() throws IOException, InterruptedException {
            byte[] manifest = image.manifest();
            Descriptor target = new Descriptor(
                    "application/vnd.oci.image.manifest.v1+json", Descriptor.digestOf(manifest), manifest.length);
            new ImageIntake(containerd).take(target, manifest, this, NAME);
        }

        InputStream open(int layer, long offset) throws IOException {
            opened.add(layer + " from " + offset);
            byte[] blob = image.blob(new Descriptor("", layers.get(layer), 0));
            return new ByteArrayInputStream(Arrays.copyOfRange(blob, (int) offset, blob.length));
        }

        @Override
        public byte[] document(Descriptor descriptor) {
            return image.blob(descriptor);
        }

        @Override
        public ContentStore.Content layer(Descriptor descriptor, long offset) throws IOException {
            return new ContentStore.Content(open(layers.indexOf(descriptor.digest()), offset), offset);
        }

        @Override
        public void abort() {}
    }
}
