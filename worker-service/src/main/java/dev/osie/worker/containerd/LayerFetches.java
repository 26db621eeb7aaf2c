package dev.osie.worker.containerd;

import dev.osie.worker.image.Descriptor;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Copies layers into the content store, some at a time, so that those below can be unpacked while those above are on their way. */
final class LayerFetches implements AutoCloseable {
    /** As many as Docker fetches. */
    private static final int AT_ONCE = 3;

    private static final long END_SECONDS = 10;

    private final ImageIntake.Source source;
    private final ContentStore content;
    private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE, task -> {
        Thread thread = new Thread(task, "layer");
        thread.setDaemon(true);
        return thread;
    });

    /** By digest: an image may have a layer twice, and one blob can't be written twice at a time. */
    private final Map<String, CompletableFuture<Void>> fetches = new HashMap<>();

    /** Ends when one of them fails. */
    private final CompletableFuture<Void> failure = new CompletableFuture<>();

    private LayerFetches(ImageIntake.Source source, ContentStore content) {
        this.source = source;
        this.content = content;
    }

    /** Starts with the first of these layers. */
    static LayerFetches start(List<Descriptor> layers, ImageIntake.Source source, ContentStore content) {
        LayerFetches all = new LayerFetches(source, content);
        for (Descriptor layer : layers) {
            CompletableFuture<Void> fetch = new CompletableFuture<>();
            if (all.fetches.putIfAbsent(layer.digest(), fetch) == null) {
                all.threads.execute(() -> all.fetch(layer, fetch));
            }
        }
        return all;
    }

    private void fetch(Descriptor layer, CompletableFuture<Void> fetch) {
        try {
            content.copy(layer, offset -> source.layer(layer, offset));
            fetch.complete(null);
        } catch (IOException | InterruptedException | RuntimeException e) {
            failure.completeExceptionally(e);
            fetch.completeExceptionally(e);
        }
    }

    /** Waits until a layer is there. Fails as soon as any of them does. */
    void await(Descriptor layer) throws IOException, InterruptedException {
        try {
            CompletableFuture.anyOf(fetches.get(layer.digest()), failure).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException reason) {
                throw reason;
            }
            if (e.getCause() instanceof RuntimeException reason) {
                throw reason;
            }
            throw new IOException(e.getCause());
        }
    }

    /** Gives up what is under way, and waits until that lets go of its blobs: another try wants to go on with them. */
    @Override
    public void close() {
        boolean done = fetches.values().stream().allMatch(CompletableFuture::isDone);
        threads.shutdownNow();
        if (done) {
            return;
        }
        source.abort();
        try {
            threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
