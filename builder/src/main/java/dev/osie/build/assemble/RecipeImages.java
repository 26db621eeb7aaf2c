package dev.osie.build.assemble;

import dev.osie.build.image.ImageBuilder;
import dev.osie.build.image.Recipes;
import dev.osie.build.lock.Lock;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.registry.RegistryImages;
import dev.osie.build.progress.Progress;
import dev.osie.build.spec.ImageName;
import dev.osie.build.store.Store;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
        ImageSupply bases = new ImageSupply(
                request.architecture(), registries(request), false, new PackageTags(Map.of()), store, progress);
        List<ImageName> named = LockedPackages.needed(request.architecture(), recipes, names).stream()
                .flatMap(recipe -> recipe.base().stream())
                .toList();
        LockNeeds needs = new LockNeeds(
                request.architecture(),
                file,
                LockCommandLine.ofRecipes(file, names, request.architecture()),
                LockedPackages.request(request.architecture(), recipes, names, Optional.empty(), bases.unknown(named)),
                bases.tagged(named),
                bases);
        Offline offline = new Offline(request.offline());
        Lock lock = new LockPolicy(needs, supply(request, needs, Lock.EMPTY), offline, progress).obtain();
        Instant epoch = request.latestMtime().map(Instant::ofEpochSecond).orElse(lock.date());
        LockedPackages packages = new LockedPackages(
                lock,
                request.architecture(),
                supply(request, needs, lock),
                LockedImages.of(lock, needs.tagged(), bases));
        ImageBuilder builder = new ImageBuilder(store, recipes, packages, request.architecture(), epoch, progress);
        offline.require(
                Offline.LACKING,
                () -> builder.needed(names).stream()
                        .filter(binary -> !store.contains(binary.deb()))
                        .map(binary -> "the package " + binary)
                        .toList());
        return builder.build(names);
    }

    private RegistryImages registries(RecipeRequest request) {
        return request.offline().isPresent()
                ? RegistryImages.offline(store, request.registries(), progress)
                : RegistryImages.create(store, request.registries(), System.getenv(), progress);
    }

    private DebianSupply supply(RecipeRequest request, LockNeeds needs, Lock lock) {
        return new DebianSupply(
                request.debian(),
                needs.commands(),
                lock.date(),
                request.offline().isPresent(),
                store,
                progress);
    }
}
