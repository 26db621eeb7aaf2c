package dev.osie.worker.inventory;

import dev.osie.worker.proto.AgentAttributes;
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

    private final SystemFiles files;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Optional<AgentAttributes> attributes = Optional.empty();
    private boolean waited;

    private Detection(SystemFiles files) {
        this.files = files;
    }

    /** Begins to read. */
    public static Detection start(SystemFiles files) {
        Detection detection = new Detection(files);
        Thread thread = new Thread("inventory") {
            @Override
            public void run() {
                detection.read();
            }
        };
        thread.setDaemon(true);
        thread.start();
        return detection;
    }

    /** No detection: there are never any attributes. */
    public static Detection none() {
        Detection detection = new Detection(new SystemFiles(java.nio.file.Path.of("/")));
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

    private void read() {
        try {
            attributes = Optional.of(Inventory.read(files).attributes());
        } catch (RuntimeException e) {
            // A fault here must not keep a machine from its workflow; the server hears of no attributes.
        } finally {
            ended.countDown();
        }
    }
}
