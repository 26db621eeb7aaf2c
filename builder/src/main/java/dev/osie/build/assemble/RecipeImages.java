package dev.osie.build.assemble;

import dev.osie.build.image.ImageBuilder;
import dev.osie.build.image.Recipes;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockRequest;
import dev.osie.build.oci.Image;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Store;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes the images of recipes by themselves, from what a lock says, as a build of a flavor that uses them does. */
public final class RecipeImages {
    private static final String LOCK = "osie.lock";

    private final Store store;
    private final Progress progress;

    public RecipeImages(Store store, Progress progress) {
        this.store = store;
        this.progress = progress;
    }

    /** The images, by the names of their recipes; the store knows them as {@code osie-build/NAME:ARCHITECTURE}. */
    public SortedMap<String, Image> build(RecipeRequest request) {
        Recipes recipes = Recipes.in(request.project().images());
        request.recipes().forEach(recipes::chain); // all mistakes before any work
        if (request.lock().isPresent()) {
            return build(request, recipes, request.recipes(), request.lock().get());
        }
        SortedMap<String, Image> images = new TreeMap<>();
        for (String name : new TreeSet<>(request.recipes())) {
            Path lock = request.project().images().resolve(name).resolve(LOCK);
            images.putAll(build(request, recipes, List.of(name), lock));
        }
        return images;
    }

    private SortedMap<String, Image> build(RecipeRequest request, Recipes recipes, List<String> names, Path file) {
        LockRequest wanted =
                LockedPackages.request(request.architecture(), recipes, names, Optional.empty(), new TreeSet<>());
        DebianSupply supply = new DebianSupply(request.mirror(), request.keyring(), store, progress);
        Lock lock = new LockPolicy(file, supply, images -> new TreeMap<>(), progress).obtain(wanted);
        Instant epoch = request.latestMtime().map(Instant::ofEpochSecond).orElse(lock.date());
        LockedPackages packages = new LockedPackages(lock, request.architecture(), supply);
        return new ImageBuilder(store, recipes, packages, request.architecture(), epoch, progress).build(names);
    }
}
