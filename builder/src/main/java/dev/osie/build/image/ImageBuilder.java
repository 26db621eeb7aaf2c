package dev.osie.build.image;

import dev.osie.build.concurrent.Workers;
import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.oci.Execution;
import dev.osie.build.oci.History;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageConfig;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import dev.osie.build.yaml.Problems;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Builds the images of recipes, as OCI images in the store that are named {@code osie-build/NAME:ARCHITECTURE}. The layers, bottom first:
 * those of the recipe it builds on; one for each Debian package, by name; the Java runtime; the Java application; the recipe's own files.
 * Layers that were made earlier are not made again, and then their packages aren't fetched either.
 */
public final class ImageBuilder {
    /** Differs whenever the same inputs would become other layers. */
    public static final String FORMAT = "packages " + PackageLayers.VERSION + ", recipes " + RecipeLayer.VERSION
            + ", files " + HostFiles.VERSION + ", applications " + ApplicationLayers.VERSION;

    /** Unpacking a package can take 64 MiB for the decompressor's dictionary, of a heap of 256 MiB. */
    private static final int MOST_LAYERS_AT_ONCE = 3;

    private final Store store;
    private final LayerCache cache;
    private final Layout layout;
    private final Recipes recipes;
    private final PackageSource source;
    private final Architecture architecture;
    private final Instant epoch;
    private final Progress progress;
    private final PackageLayers packageLayers;
    private final RuntimeLayer runtimeLayer;
    private final ApplicationLayers applicationLayers;
    private final Map<String, Image> built = new TreeMap<>();

    /**
     * A builder for one architecture.
     *
     * @param epoch latest time that anything in the images bears
     */
    public ImageBuilder(
            Store store,
            Recipes recipes,
            PackageSource source,
            Architecture architecture,
            Instant epoch,
            Progress progress) {
        this.layout = new Layout(store);
        this.recipes = recipes.on(architecture);
        this.source = source;
        this.architecture = architecture;
        this.epoch = epoch;
        this.progress = progress;
        this.store = store;
        this.cache = new LayerCache(store);
        this.packageLayers = new PackageLayers(store, cache, epoch.getEpochSecond());
        this.runtimeLayer = new RuntimeLayer(store, cache, epoch.getEpochSecond());
        this.applicationLayers = new ApplicationLayers(store, cache);
    }

    /** Builds the images of recipes. */
    public SortedMap<String, Image> build(Collection<String> names) {
        SortedMap<String, List<Recipe>> chains = chains(names);
        makePackageLayers(chains.values());
        SortedMap<String, Image> images = new TreeMap<>();
        new TreeSet<>(names).forEach(name -> images.put(name, image(chains, name)));
        return images;
    }

    /** The packages of which layers have still to be made for the images of recipes. */
    public SortedSet<BinaryPackage> needed(Collection<String> names) {
        SortedSet<BinaryPackage> needed = new TreeSet<>();
        missingLayers(chains(names).values(), needed);
        return needed;
    }

    private SortedMap<String, List<Recipe>> chains(Collection<String> names) {
        SortedMap<String, List<Recipe>> chains = new TreeMap<>();
        new TreeSet<>(names)
                .forEach(name ->
                        recipes.chain(name).forEach(recipe -> chains.put(recipe.name(), recipes.chain(recipe.name()))));
        return chains;
    }

    /** The work of making the layers that aren't there yet, and the packages it needs. */
    private Map<String, Runnable> missingLayers(Collection<List<Recipe>> chains, Set<BinaryPackage> needed) {
        Map<String, Runnable> work = new TreeMap<>();
        for (List<Recipe> chain : chains) {
            Recipe recipe = top(chain);
            for (BinaryPackage binary : packages(chain)) {
                FileFilter filter = recipe.filterOf(binary.name());
                if (!packageLayers.isMade(binary, filter)) {
                    needed.add(binary);
                    work.put(binary + " " + filter, () -> packageLayers.layer(binary, filter));
                }
            }
            recipe.jre().ifPresent(runtime -> {
                BinaryPackage jdk = source.jdk(recipe);
                if (!runtimeLayer.isMade(jdk, runtime)) {
                    needed.add(jdk);
                    work.put(jdk + " " + runtime, () -> runtimeLayer.layer(jdk, runtime));
                }
            });
        }
        return work;
    }

    /** Makes all layers that come from packages and aren't there yet, side by side: they are the bulk of the work. */
    private void makePackageLayers(Collection<List<Recipe>> chains) {
        Set<BinaryPackage> needed = new TreeSet<>();
        Map<String, Runnable> work = missingLayers(chains, needed);
        if (!work.isEmpty()) {
            source.fetch(needed);
            try (Progress.Step step = progress.start("images", 0)) {
                int workers = Math.min(MOST_LAYERS_AT_ONCE, Runtime.getRuntime().availableProcessors());
                Workers.runAll("image-layers", workers, work.values());
                step.done(work.size() + (work.size() == 1 ? " layer" : " layers"));
            }
        }
    }

    /** The packages whose layers the recipe adds to what lies below it, by name. */
    private List<BinaryPackage> packages(List<Recipe> chain) {
        Set<String> below = new HashSet<>();
        for (Recipe recipe : chain.subList(0, chain.size() - 1)) {
            source.installed(recipe).forEach(binary -> below.add(binary.name()));
        }
        return source.installed(top(chain)).stream()
                .filter(binary -> !below.contains(binary.name()))
                .sorted()
                .toList();
    }

    private Image image(Map<String, List<Recipe>> chains, String name) {
        Image known = built.get(name);
        if (known == null) {
            List<Recipe> chain = chains.get(name);
            Recipe recipe = top(chain);
            Optional<Image> below = recipe.from()
                    .map(from -> image(chains, from.name()))
                    .or(() -> recipe.base().map(source::image));
            known = compose(chain, below);
            built.put(name, known);
        }
        return known;
    }

    private Image compose(List<Recipe> chain, Optional<Image> below) {
        Recipe recipe = top(chain);
        List<Image.Layer> layers = new ArrayList<>();
        Execution execution = Execution.EMPTY;
        if (below.isPresent()) {
            layers.addAll(below.get().layers());
            execution = below.get().config().execution();
        }
        for (BinaryPackage binary : packages(chain)) {
            String origin = "debian:" + binary.name() + " " + binary.version();
            packageLayers
                    .layer(binary, recipe.filterOf(binary.name()))
                    .ifPresent(blob -> layers.add(new Image.Layer(blob, origin)));
        }
        if (recipe.jre().isPresent()) {
            BinaryPackage jdk = source.jdk(recipe);
            Blob blob = runtimeLayer.layer(jdk, recipe.jre().get());
            layers.add(new Image.Layer(blob, "linked:" + jdk.name() + " " + jdk.version()));
        }
        String own = "recipe:images/" + recipe.name();
        if (recipe.java().isPresent()) {
            ApplicationLayers.Application application =
                    applicationLayers.layers(recipe.java().get());
            layers.add(new Image.Layer(application.libraries(), own + " libraries"));
            layers.add(new Image.Layer(application.classes(), own + " classes"));
            execution = RecipeConfig.running(application.entrypoint()).over(execution, "");
        }
        Problems problems = new Problems();
        LowerLayers lower = new LowerLayers(
                store, cache, layers.stream().map(Image.Layer::blob).toList());
        Accounts accounts = Accounts.of(recipe, lower, problems);
        String user = recipe.config()
                .user()
                .map(named -> named.isNumeric() ? named.toString() : accounts.inNumbers(named))
                .orElse("");
        boolean onImage = chain.get(0).base().isPresent();
        new RecipeLayer(store, cache, epoch.getEpochSecond(), recipe, lower, onImage, accounts, problems)
                .make(links(recipe, lower, onImage))
                .ifPresent(blob -> layers.add(new Image.Layer(blob, own)));
        return put(recipe, layers, recipe.config().over(execution, user));
    }

    /** The links of the merged /usr, which packages expect; an image at the bottom may lack some. */
    private static Set<String> links(Recipe recipe, LowerLayers lower, boolean onImage) {
        if (!onImage) {
            return recipe.from().isPresent() ? Set.of() : new TreeSet<>(UsrMerge.LINKS);
        }
        Set<String> links = new TreeSet<>();
        if (!recipe.packages().isEmpty() || recipe.jre().isPresent()) {
            links.addAll(UsrMerge.LINKS);
            links.removeAll(lower.present());
        }
        return links;
    }

    private Image put(Recipe recipe, List<Image.Layer> layers, Execution execution) {
        Optional<String> time =
                Optional.of(epoch.truncatedTo(ChronoUnit.SECONDS).toString());
        ImageConfig config = new ImageConfig(
                Platform.linux(architecture),
                time,
                Optional.empty(),
                execution,
                layers.stream().map(layer -> layer.blob().digest()).toList(),
                layers.stream().map(layer -> History.of(time, layer.origin())).toList());
        Reference name = Reference.parse("osie-build/" + recipe.name() + ":" + architecture);
        return layout.put(name, config, layers);
    }

    private static Recipe top(List<Recipe> chain) {
        return chain.get(chain.size() - 1);
    }
}
