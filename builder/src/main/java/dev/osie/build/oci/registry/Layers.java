package dev.osie.build.oci.registry;

import static dev.osie.build.failure.BuildException.unavailable;
import static dev.osie.build.failure.BuildException.verification;

import com.github.luben.zstd.ZstdInputStream;
import dev.osie.build.concurrent.Workers;
import dev.osie.build.http.Answer;
import dev.osie.build.http.BrokenTransfer;
import dev.osie.build.http.Retries;
import dev.osie.build.oci.Descriptor;
import dev.osie.build.oci.MediaType;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.zip.GZIPInputStream;

/**
 * Brings layers into the store, several at a time, each compared with two digests on the way: of what is sent, and of what it unpacks to.
 * A layer that an earlier image brought is not fetched again.
 */
final class Layers {
    private static final int AT_A_TIME = 4;

    /** A layer may unpack to so many times its size, and to this much in any case. */
    private static final int MOST_EXPANSION = 200;

    private static final long ALWAYS_ALLOWED = 256L << 20;

    private final Store store;
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
        Map<Digest, Wanted> missing = new LinkedHashMap<>();
        for (Wanted layer : layers) {
            if (!isThere(layer)) {
                missing.put(layer.descriptor().digest(), layer);
            }
        }
        long bytes = missing.values().stream()
                .mapToLong(layer -> layer.descriptor().size())
                .sum();
        if (!missing.isEmpty()) {
            try (Progress.Step step = progress.start(image, bytes)) {
                List<Runnable> fetches = new ArrayList<>();
                missing.values().forEach(layer -> fetches.add(() -> fetch(image, layer, step::advance)));
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
        Blob unpacked = store.write(out -> {
            try (InputStream sent = open(what, descriptor.blob(), arrived);
                    InputStream in = decompress(descriptor, sent, what)) {
                copy(in, out, Math.max(ALWAYS_ALLOWED, MOST_EXPANSION * descriptor.size()), what);
                // What follows the compressed data counts for the digest too.
                sent.transferTo(OutputStream.nullOutputStream());
            }
        });
        if (!unpacked.digest().equals(layer.diffId())) {
            throw verification(
                    "The " + what + " unpacks to something else than its image's configuration names: expected "
                            + layer.diffId() + ", found " + unpacked.digest() + ".");
        }
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

    private static InputStream decompress(Descriptor layer, InputStream sent, String what) throws IOException {
        InputStream in = new BufferedInputStream(sent, 1 << 16);
        try {
            return switch (layer.mediaType()) {
                case MediaType.LAYER, MediaType.DOCKER_LAYER -> in;
                case MediaType.LAYER_GZIP, MediaType.DOCKER_LAYER_GZIP -> new GZIPInputStream(in, 1 << 16);
                case MediaType.LAYER_ZSTD, MediaType.DOCKER_LAYER_ZSTD -> new ZstdInputStream(in);
                default ->
                    throw unavailable("The " + what + " has the media type '" + layer.mediaType()
                            + "', which no layer of a container image has.");
            };
        } catch (IOException e) {
            throw damaged(what, e);
        }
    }

    private static void copy(InputStream in, OutputStream out, long limit, String what) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long size = 0;
        for (int count = read(in, buffer, what); count >= 0; count = read(in, buffer, what)) {
            size += count;
            if (size > limit) {
                throw verification(
                        "The " + what + " unpacks to more than " + limit + " bytes, more than any honest layer.");
            }
            out.write(buffer, 0, count);
        }
    }

    private static int read(InputStream in, byte[] buffer, String what) {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw damaged(what, e);
        }
    }

    private static RuntimeException damaged(String what, IOException e) {
        return verification("The " + what + " cannot be unpacked: " + e.getMessage() + ".")
                .because(e);
    }
}
