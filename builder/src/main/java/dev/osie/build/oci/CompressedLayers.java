package dev.osie.build.oci;

import dev.osie.build.concurrent.Workers;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The store's layers in the form in which they are handed on: compressed, once for each content, and remembered in the store. */
public final class CompressedLayers {
    private static final int BUFFER = 1 << 16;
    /** A level of zstd can take half a gigabyte beside the heap. */
    private static final int MOST_AT_ONCE = 4;

    private final Store store;
    private final LayerCompression compression;
    private final Progress progress;

    /** @param compression of all of them */
    public CompressedLayers(Store store, LayerCompression compression, Progress progress) {
        this.store = store;
        this.compression = compression;
        this.progress = progress;
    }

    /** Compresses those that weren't before. */
    public void make(Collection<Blob> layers) {
        Set<Blob> missing = new LinkedHashSet<>(layers);
        missing.removeIf(layer -> known(layer).isPresent());
        if (missing.isEmpty()) {
            return;
        }
        try (Progress.Step step = progress.start(
                "compress", missing.stream().mapToLong(Blob::size).sum())) {
            List<Runnable> work = new ArrayList<>();
            missing.forEach(layer -> work.add(() -> compress(layer, step)));
            int workers = Math.min(MOST_AT_ONCE, Runtime.getRuntime().availableProcessors());
            Workers.runAll("layer-compressor", workers, work);
            step.done(missing.size() + (missing.size() == 1 ? " layer" : " layers") + " by " + compression);
        }
    }

    /** A layer, which {@link #make} has made. */
    public Descriptor descriptor(Blob layer) {
        return Descriptor.of(compression.mediaType(), known(layer).orElseThrow());
    }

    private Optional<Blob> known(Blob layer) {
        if (compression.isNone()) {
            return Optional.of(layer);
        }
        return store.recall(key(layer))
                .map(text -> text.split(" "))
                .map(words -> new Blob(Digest.parse(words[0]), Long.parseLong(words[1])))
                .filter(store::contains);
    }

    private StepKey key(Blob layer) {
        return StepKey.of("compressed-layer", 1)
                .with("layer", layer.digest())
                .with("compression", compression.identity());
    }

    private void compress(Blob layer, Progress.Step step) {
        Blob compressed = store.write(out -> {
            try (InputStream in = store.read(layer.digest());
                    OutputStream compressing = compression.compress(out)) {
                copy(in, compressing, step);
            }
        });
        store.remember(key(layer), compressed.digest() + " " + compressed.size());
    }

    private static void copy(InputStream in, OutputStream out, Progress.Step step) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            out.write(buffer, 0, count);
            step.advance(count);
        }
    }
}
