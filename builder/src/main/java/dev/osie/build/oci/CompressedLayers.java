package dev.osie.build.oci;

import dev.osie.build.concurrent.Workers;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The store's layers in the form in which they are handed on. One that was compressed before is not compressed again. */
final class CompressedLayers {
    private final Store store;
    private final LayerCompression compression;

    CompressedLayers(Store store, LayerCompression compression) {
        this.store = store;
        this.compression = compression;
    }

    LayerCompression compression() {
        return compression;
    }

    /** Compresses those layers that aren't yet, side by side. */
    void prepare(Collection<Blob> layers, Progress progress) {
        Set<Blob> missing = new LinkedHashSet<>(layers);
        missing.removeIf(
                layer -> compression == LayerCompression.NONE || known(layer).isPresent());
        if (missing.isEmpty()) {
            return;
        }
        long bytes = missing.stream().mapToLong(Blob::size).sum();
        try (Progress.Step step = progress.start("compress", bytes)) {
            List<Runnable> work = missing.stream()
                    .<Runnable>map(layer -> () -> {
                        compress(layer);
                        step.advance(layer.size());
                    })
                    .toList();
            Workers.runAll("layer-compressor", Runtime.getRuntime().availableProcessors(), work);
            step.done(missing.size() + (missing.size() == 1 ? " layer" : " layers") + " by " + compression);
        }
    }

    /** The layer, compressed. */
    Blob of(Blob layer) {
        return compression == LayerCompression.NONE ? layer : known(layer).orElseGet(() -> compress(layer));
    }

    private Optional<Blob> known(Blob layer) {
        return store.recall(key(layer))
                .map(text -> text.split(" "))
                .map(words -> new Blob(Digest.parse(words[0]), Long.parseLong(words[1])))
                .filter(store::contains);
    }

    private Blob compress(Blob layer) {
        Blob compressed = store.write(out -> {
            try (InputStream in = store.read(layer.digest());
                    OutputStream packed = compression.compress(new Unclosed(out))) {
                in.transferTo(packed);
            }
        });
        store.remember(key(layer), compressed.digest() + " " + compressed.size());
        return compressed;
    }

    private StepKey key(Blob layer) {
        return StepKey.of("compressed-layer", 1).with("layer", layer.digest()).with("by", compression.version());
    }

    /** The store closes its own file. */
    private static final class Unclosed extends FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
