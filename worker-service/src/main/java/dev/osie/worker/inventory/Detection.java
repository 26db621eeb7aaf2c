package dev.osie.worker.inventory;

import dev.osie.worker.proto.AgentAttributes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Reads the inventory once, on a thread of its own, while the worker starts. Reading ends within a moment, but a disk that is about to
 * fail can hold it for a minute, and the server is to hear of the machine all the same.
 */
public final class Detection {
    /** How long the first question waits for it, in milliseconds. */
    private static final long PATIENCE = 500;

    /** How much later it is written to a file, in milliseconds: the first question needs the processor. */
    private static final long LATER = 2_000;

    private final SystemFiles files;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Optional<AgentAttributes> attributes = Optional.empty();
    private boolean waited;

    private Detection(SystemFiles files) {
        this.files = files;
    }

    /**
     * Begins to read.
     *
     * @param copy a file to write the inventory to as JSON, for whoever looks at the machine; left out when it can't be written
     */
    public static Detection start(SystemFiles files, Optional<Path> copy) {
        Detection detection = new Detection(files);
        Thread thread = new Thread("inventory") {
            @Override
            public void run() {
                detection.read(copy);
            }
        };
        thread.setDaemon(true);
        thread.start();
        return detection;
    }

    /** No detection: there are never any attributes. */
    public static Detection none() {
        Detection detection = new Detection(new SystemFiles(Path.of("/")));
        detection.ended.countDown();
        return detection;
    }

    /** The attributes, once they are known; the first call waits for them for up to half a second. */
    public Optional<AgentAttributes> attributes() {
        if (!waited) {
            waited = true;
            try {
                ended.await(PATIENCE, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return attributes;
    }

    private void read(Optional<Path> copy) {
        try {
            Inventory inventory = Inventory.read(files);
            attributes = Optional.of(inventory.attributes());
            ended.countDown();
            if (copy.isPresent()) {
                Thread.sleep(LATER);
                Files.writeString(copy.get(), InventoryJson.write(inventory));
            }
        } catch (RuntimeException | IOException | InterruptedException e) {
            // A fault here must not keep a machine from its workflow; the server hears of no attributes.
        } finally {
            ended.countDown();
        }
    }
}
