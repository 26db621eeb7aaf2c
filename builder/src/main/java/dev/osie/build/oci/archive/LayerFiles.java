package dev.osie.build.oci.archive;

import static dev.osie.build.failure.BuildException.unavailable;
import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.concurrent.Workers;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageConfig;
import dev.osie.build.oci.LayerCompression;
import dev.osie.build.oci.LayerIntake;
import dev.osie.build.oci.Platform;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Layers that lie in files, on their way into the store. */
final class LayerFiles {
    private static final int AT_A_TIME = 4;

    private final LayerIntake intake;
    private final Progress progress;

    LayerFiles(Store store, Progress progress) {
        this.intake = new LayerIntake(store);
        this.progress = progress;
    }

    /**
     * A layer.
     *
     * @param what it is, for messages
     * @param size in bytes as it is there
     * @param open begins to read it
     */
    record Packed(String what, LayerCompression compression, long size, Supplier<InputStream> open) {}

    /**
     * Unpacks the layers of an image.
     *
     * @param image its name, for people
     * @param config the image's configuration as its maker wrote it
     * @param layers bottom first
     */
    List<Image.Layer> unpack(String image, byte[] config, List<Packed> layers) {
        List<Digest> diffIds = ImageConfig.read(config).diffIds();
        Map<Digest, Packed> work = new LinkedHashMap<>();
        for (int i = 0; i < layers.size(); i++) {
            work.putIfAbsent(diffIds.get(i), layers.get(i));
        }
        Map<Digest, Blob> unpacked = new ConcurrentHashMap<>();
        long bytes = work.values().stream().mapToLong(Packed::size).sum();
        try (Progress.Step step = progress.start(image, bytes)) {
            List<Runnable> tasks = new ArrayList<>();
            work.forEach((diffId, layer) -> tasks.add(() -> {
                InputStream sent = layer.open().get();
                unpacked.put(diffId, intake.unpack(layer.what(), layer.compression(), layer.size(), diffId, sent));
                step.advance(layer.size());
            }));
            Workers.runAll("layer-unpacker", AT_A_TIME, tasks);
            step.done(work.size() + (work.size() == 1 ? " layer" : " layers") + ", all digests verified");
        }
        // The same image is the same in the store, wherever it comes from and whatever it is called.
        String origin = "image:" + Digest.of(config);
        return diffIds.stream()
                .map(diffId -> new Image.Layer(unpacked.get(diffId), origin))
                .toList();
    }

    /** Checks what a configuration says before any layer is read. */
    static void requireSuitable(String image, ImageConfig config, Architecture architecture, int layers) {
        Platform wanted = Platform.linux(architecture);
        if (!config.platform().suits(wanted)) {
            throw unavailable("The image " + image + " is made for "
                    + config.platform().describe() + ", not for " + wanted.describe() + ".");
        }
        if (config.diffIds().size() != layers) {
            throw verification("The image " + image + " has " + layers + " layers, and its configuration names "
                    + config.diffIds().size() + ".");
        }
    }
}
