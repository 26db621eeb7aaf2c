package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.compose.Composer;
import dev.osie.build.compose.Composition;
import dev.osie.build.image.ImageBuilder;
import dev.osie.build.image.Recipes;
import dev.osie.build.initramfs.Initramfs;
import dev.osie.build.initramfs.Packer;
import dev.osie.build.initramfs.Segment;
import dev.osie.build.kernel.KernelDefinition;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.PackageRequest;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.Layout;
import dev.osie.build.progress.Progress;
import dev.osie.build.runtime.Bundle;
import dev.osie.build.runtime.Bundles;
import dev.osie.build.runtime.FilesTree;
import dev.osie.build.spec.FileEntry;
import dev.osie.build.spec.ImageName;
import dev.osie.build.spec.KernelSection;
import dev.osie.build.spec.LinuxKitWriter;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.spec.OsieSection;
import dev.osie.build.store.Store;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Builds an OSIE: composes the documents, gets the packages the lock names, makes the kernel and the images, lays out the tree, and packs it.
 * Every step's result is in the store under the digests of its inputs, so a build does only what changed.
 */
public final class Assembler {
    private static final String LOCK = "osie.lock";

    private final Store store;
    private final Progress progress;

    public Assembler(Store store, Progress progress) {
        this.store = store;
        this.progress = progress;
    }

    /** Builds. */
    public Osie assemble(BuildRequest request) {
        Composition composition = compose(request);
        Inputs inputs = inputs(request, composition);
        String composed = new LinuxKitWriter(
                        name -> inputs.images().image(name).pinned().toString())
                .write(
                        composition.document(),
                        Optional.of(inputs.kernel().image().pinned().toString()));
        Units units = units(composition, inputs, composed);
        List<Segment> segments = new Packer(
                        store,
                        progress,
                        request.compression(),
                        inputs.epoch().getEpochSecond(),
                        Runtime.getRuntime().availableProcessors())
                .pack(units.all());
        return new Osie(
                composition.name(),
                request.architecture(),
                inputs.kernel().description(),
                inputs.kernel().vmlinuz(),
                new Initramfs(segments),
                composed,
                units.origins(),
                fileOrigins(composition.document()));
    }

    /**
     * All that an OSIE is made of.
     *
     * @param epoch no file is newer
     */
    private record Inputs(DocumentImages images, KernelImage kernel, Instant epoch) {}

    private Inputs inputs(BuildRequest request, Composition composition) {
        OsieDocument document = composition.document();
        Recipes recipes = Recipes.in(request.project().images());
        requireImages(document, recipes);
        Optional<KernelChoice> choice = kernelChoice(request, document);
        PackageRequest wanted = packages(request, document, recipes, choice);
        if (wanted.sets().isEmpty()) {
            return stored(request, document);
        }
        Lock lock = lockPolicy(request, composition).obtain(wanted);
        Instant epoch = request.latestMtime().map(Instant::ofEpochSecond).orElse(lock.date());
        LockedPackages packages = new LockedPackages(lock, request.architecture(), supply(request));
        Optional<Aside<KernelImage>> chosen =
                choice.map(kernel -> Aside.start("kernel", () -> kernel.build(store, packages, epoch, progress)));
        ImageBuilder builder = new ImageBuilder(store, recipes, packages, request.architecture(), epoch, progress);
        DocumentImages images = new DocumentImages(builder.build(document.recipes()), new Layout(store));
        return new Inputs(images, chosen.map(Aside::result).orElseGet(() -> kernelOf(document, images)), epoch);
    }

    /** Finds out before any work is done whether there is every image that the document names. */
    private void requireImages(OsieDocument document, Recipes recipes) {
        List<String> names = recipes.names();
        Problems problems = new Problems();
        for (ImageName image : document.images()) {
            image.recipe()
                    .filter(name -> !names.contains(name))
                    .ifPresent(name -> problems.add(
                            image.position(),
                            "there is no recipe 'images/" + name + "' — "
                                    + Suggestion.closest(name, names)
                                            .map(closest -> "did you mean '" + closest + "'?")
                                            .orElse("the recipes are " + String.join(", ", names))));
        }
        problems.throwIfAny();
        DocumentImages others = new DocumentImages(new TreeMap<>(), new Layout(store));
        document.images().stream().filter(image -> image.recipe().isEmpty()).forEach(others::image);
    }

    /** A document that names its images by digest, such as a composed one, needs no packages and so no lock. */
    private Inputs stored(BuildRequest request, OsieDocument document) {
        DocumentImages images = new DocumentImages(new TreeMap<>(), new Layout(store));
        KernelImage kernel = kernelOf(document, images);
        Instant epoch = request.latestMtime()
                .map(Instant::ofEpochSecond)
                .orElseGet(() -> document.images().stream()
                        .map(images::image)
                        .flatMap(image -> image.config().created().stream())
                        .map(Instant::parse)
                        .max(Instant::compareTo)
                        .orElse(Instant.EPOCH));
        return new Inputs(images, kernel, epoch);
    }

    /** Resolves what the flavor needs against what the suites have today, and writes that as its lock. */
    public Lock lock(BuildRequest request) {
        Composition composition = compose(request);
        OsieDocument document = composition.document();
        PackageRequest packages =
                packages(request, document, Recipes.in(request.project().images()), kernelChoice(request, document));
        return lockPolicy(request, composition).renew(packages);
    }

    private static Composition compose(BuildRequest request) {
        return new Composer(request.project().root())
                .compose(request.flavor(), request.overlays(), request.variables());
    }

    private LockPolicy lockPolicy(BuildRequest request, Composition composition) {
        Path file = request.lock().orElseGet(() -> composition.flavor().resolveSibling(LOCK));
        return new LockPolicy(file, supply(request), progress);
    }

    private DebianSupply supply(BuildRequest request) {
        return new DebianSupply(request.mirror(), request.keyring(), store, progress);
    }

    private static Optional<KernelChoice> kernelChoice(BuildRequest request, OsieDocument document) {
        return document.osie()
                .flatMap(OsieSection::kernel)
                .map(section -> KernelChoice.of(request.project(), request.architecture(), section));
    }

    private static PackageRequest packages(
            BuildRequest request, OsieDocument document, Recipes recipes, Optional<KernelChoice> choice) {
        Optional<KernelDefinition> kernel = choice.map(KernelChoice::definition);
        return LockedPackages.request(request.architecture(), recipes, document.recipes(), kernel);
    }

    private KernelImage kernelOf(OsieDocument document, DocumentImages images) {
        KernelSection section = document.kernel()
                .filter(kernel -> kernel.image().isPresent())
                .orElseThrow(() -> badInput("The document names no kernel: expected osie.kernel.use or kernel.image."));
        return KernelImage.of(section, images.image(section.image().orElseThrow()), store);
    }

    private Units units(Composition composition, Inputs inputs, String composed) {
        OsieDocument document = composition.document();
        DocumentImages images = inputs.images();
        long mtime = inputs.epoch().getEpochSecond();
        List<Image> init = document.init().stream().map(images::image).toList();
        Units units = new Units(store);
        inputs.kernel()
                .modules()
                .ifPresent(modules ->
                        units.addModules(modules, originOf(inputs.kernel().image())));
        init.forEach(units::addInit);
        document.volumes().stream()
                .flatMap(volume -> volume.image().stream())
                .map(images::image)
                .forEach(units::addContainerLayers);
        document.containers().forEach(entry -> units.addContainerLayers(images.image(entry.image())));
        for (Bundle bundle : Bundles.of(document, images::container, composition::locate, mtime)) {
            units.addBundle(bundle, bundle.directory());
        }
        InitRoot root = new InitRoot(init, new LayerOutline(store), composition, composed);
        units.addFiles(FilesTree.of(document, root, mtime));
        return units;
    }

    private static String originOf(Image image) {
        return image.layers().stream()
                .map(Image.Layer::origin)
                .findFirst()
                .orElse(image.name().toString());
    }

    private static SortedMap<String, String> fileOrigins(OsieDocument document) {
        SortedMap<String, String> origins = new TreeMap<>();
        for (FileEntry file : document.files()) {
            origins.put(file.path(), file.position().toString());
        }
        return origins;
    }
}
