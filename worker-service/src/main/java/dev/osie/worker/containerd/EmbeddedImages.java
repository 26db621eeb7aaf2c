package dev.osie.worker.containerd;

import dev.osie.worker.action.ActionFailure;
import dev.osie.worker.action.Deadline;
import dev.osie.worker.action.Deadline.OutOfTime;
import dev.osie.worker.console.Console;
import dev.osie.worker.console.ElapsedTime;
import dev.osie.worker.image.Descriptor;
import dev.osie.worker.image.ImageArchive;
import dev.osie.worker.image.ImageReference;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The images that came with the system, in one archive. Once containerd has them the archive is deleted, as it lies in memory; one that is
 * still there was not taken in to its end, and what containerd has of it already costs nothing the next time.
 */
final class EmbeddedImages {
    /** Where the builder puts it. */
    static final Path ARCHIVE = Path.of("/usr/share/osie-build/images/embedded.tar");

    private final Path archive;
    private final Console console;
    private boolean done;

    EmbeddedImages(Path archive, Console console) {
        this.archive = archive;
        this.console = console;
    }

    /** Gives them to containerd unless it has them. An archive that can't be used is told of once, and left. */
    void takeIn(Containerd containerd, Deadline deadline) throws OutOfTime, InterruptedException {
        if (done) {
            return;
        }
        if (Files.exists(archive)) {
            long start = System.nanoTime();
            try {
                takeAll(containerd, deadline);
                Files.delete(archive);
                console.line("worker has taken in the images that came with the system in "
                        + ElapsedTime.format(Duration.ofNanos(System.nanoTime() - start)));
            } catch (IOException e) {
                unusable(e);
            } catch (StatusRuntimeException e) {
                if (Thread.currentThread().isInterrupted() || Containerd.is(e, Status.Code.UNAVAILABLE)) {
                    throw e;
                }
                unusable(e);
            }
        }
        done = true;
    }

    private void takeAll(Containerd containerd, Deadline deadline) throws IOException, OutOfTime, InterruptedException {
        ImageIntake intake = new ImageIntake(containerd);
        try (ImageArchive images = ImageArchive.open(archive)) {
            for (Map.Entry<Descriptor, List<ImageReference>> image :
                    images.images().entrySet()) {
                deadline.millisLeft();
                byte[] manifest = images.document(image.getKey());
                intake.take(image.getKey(), manifest, new ArchiveSource(images), image.getValue());
            }
        }
    }

    private void unusable(Exception failure) {
        console.line("worker can't take in the images that came with the system, which are pulled instead: " + archive
                + ": " + ActionFailure.reason(failure));
    }

    /** The blobs as the archive has them. */
    private record ArchiveSource(ImageArchive images) implements ImageIntake.Source {
        @Override
        public byte[] document(Descriptor descriptor) throws IOException {
            return images.document(descriptor);
        }

        @Override
        public ContentStore.Content layer(Descriptor descriptor, long offset) throws IOException {
            return new ContentStore.Content(images.blob(descriptor, offset), offset);
        }

        /** Nobody waits for a file. */
        @Override
        public void abort() {}
    }
}
