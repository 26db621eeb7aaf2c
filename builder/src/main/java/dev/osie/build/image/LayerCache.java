package dev.osie.build.image;

import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Remembers which layers a step made, so that it is not repeated while they are in the store. */
final class LayerCache {
    private final Store store;

    LayerCache(Store store) {
        this.store = store;
    }

    /** The layers that the step made earlier, if they are all there. */
    Optional<List<Blob>> recall(StepKey key) {
        return store.recall(key)
                .map(LayerCache::parse)
                .filter(layers -> layers.stream().allMatch(store::contains));
    }

    /** The layers of the step, which is run unless they are there. */
    List<Blob> get(StepKey key, Supplier<List<Blob>> step) {
        return recall(key).orElseGet(() -> {
            List<Blob> layers = step.get();
            store.remember(key, render(layers));
            return layers;
        });
    }

    private static String render(List<Blob> layers) {
        StringBuilder text = new StringBuilder();
        layers.forEach(layer ->
                text.append(layer.digest()).append(' ').append(layer.size()).append('\n'));
        return text.toString();
    }

    private static List<Blob> parse(String text) {
        List<Blob> layers = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] fields = line.split(" ");
            layers.add(new Blob(Digest.parse(fields[0]), Long.parseLong(fields[1])));
        }
        return layers;
    }
}
