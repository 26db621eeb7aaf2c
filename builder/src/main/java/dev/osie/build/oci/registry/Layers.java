package dev.osie.build.oci.registry;

import dev.osie.build.concurrent.Workers;
import dev.osie.build.http.Answer;
import dev.osie.build.http.BrokenTransfer;
import dev.osie.build.http.Retries;
import dev.osie.build.oci.Descriptor;
import dev.osie.build.oci.LayerCompression;
import dev.osie.build.oci.LayerIntake;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Brings layers into the store, several at a time, each compared with two digests on the way: of what is sent, and of what it unpacks to.
 * A layer that an earlier image brought is not fetched again.
 */
final class Layers {
    private static final int AT_A_TIME = 4;

    private final Store store;
    private final LayerIntake intake;
    private final Retries retries;
    private final Source source;

    /** Asks for a blob. */
    interface Source {
        Answer open(Digest blob, long from);
    }

    /**
     * A layer of a manifest.
     *
     * @param diffId digest of the uncompressed layer, as the image's configuration has it
     */
    record Wanted(Descriptor descriptor, Digest diffId) {}

    Layers(Store store, Retries retries, Source source) {
        this.store = store;
        this.intake = new LayerIntake(store);
        this.retries = retries;
        this.source = source;
    }

    /** A small blob, in memory. */
    byte[] document(String what, Blob blob) {
        try (InputStream in = open(what, blob, count -> {})) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // the stream itself fails with other exceptions
        }
    }

    /** The layers in the store, bottom first. */
    List<Blob> fetch(String image, List<Wanted> layers, Progress progress) {
        // One blob may be two layers that promise different content: both are looked at.
        Set<Wanted> missing = new LinkedHashSet<>(layers);
        missing.removeIf(this::isThere);
        long bytes =
                missing.stream().mapToLong(layer -> layer.descriptor().size()).sum();
        if (!missing.isEmpty()) {
            try (Progress.Step step = progress.start(image, bytes)) {
                List<Runnable> fetches = new ArrayList<>();
                missing.forEach(layer -> fetches.add(() -> fetch(image, layer, step::advance)));
                Workers.runAll("layer-fetcher", AT_A_TIME, fetches);
                step.done(missing.size() + (missing.size() == 1 ? " layer" : " layers") + ", all digests verified");
            }
        }
        return layers.stream().map(this::blob).toList();
    }

    private boolean isThere(Wanted layer) {
        return store.recall(key(layer))
                .filter(size -> store.contains(new Blob(layer.diffId(), Long.parseLong(size))))
                .isPresent();
    }

    private Blob blob(Wanted layer) {
        return new Blob(layer.diffId(), Long.parseLong(store.recall(key(layer)).orElseThrow()));
    }

    /** Both digests: a layer is only known to be what one manifest wants when it was compared with what that one names. */
    private static StepKey key(Wanted layer) {
        return StepKey.of("pulled-layer", 1)
                .with("digest", layer.descriptor().digest())
                .with("diff-id", layer.diffId());
    }

    private void fetch(String image, Wanted layer, LongConsumer arrived) {
        Descriptor descriptor = layer.descriptor();
        String what = "layer " + descriptor.digest() + " of " + image;
        LayerCompression compression = LayerCompression.ofMediaType(descriptor.mediaType())
                .orElseThrow(() -> new AssertionError("only known types are fetched"));
        Blob unpacked = intake.unpack(
                what, compression, descriptor.size(), layer.diffId(), open(what, descriptor.blob(), arrived));
        store.remember(key(layer), Long.toString(unpacked.size()));
    }

    private InputStream open(String what, Blob blob, LongConsumer arrived) {
        return new ResumingStream(what, blob, from -> at(blob.digest(), from), retries, arrived);
    }

    /** The blob from a byte on, also of a server that knows no ranges. */
    private Answer at(Digest blob, long from) {
        Answer answer = source.open(blob, from);
        if (from > 0 && answer.status() != 206) {
            try {
                answer.body().skipNBytes(from);
            } catch (IOException e) {
                throw new BrokenTransfer("the transfer broke off again", e);
            }
        }
        return answer;
    }
}
