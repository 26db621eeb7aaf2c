package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.compose.Composer;
import dev.osie.build.compose.Composition;
import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.image.ImageBuilder;
import dev.osie.build.image.Recipes;
import dev.osie.build.initramfs.Initramfs;
import dev.osie.build.initramfs.Packer;
import dev.osie.build.initramfs.Segment;
import dev.osie.build.kernel.KernelDefinition;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockRequest;
import dev.osie.build.oci.Image;
import dev.osie.build.progress.Progress;
import dev.osie.build.runtime.Bundles;
import dev.osie.build.runtime.FilesTree;
import dev.osie.build.runtime.ImageDefaults;
import dev.osie.build.spec.FileEntry;
import dev.osie.build.spec.KernelSection;
import dev.osie.build.spec.LinuxKitWriter;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.spec.OsieSection;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.yaml.Problems;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Builds an OSIE: composes the documents, gets the packages the lock names, makes the kernel and the images, lays out the tree, and packs it.
 * Every step's result is in the store under the digests of its inputs, so a build does only what changed.
 */
public final class Assembler {
    private static final String LOCK = "osie.lock";
    private static final String LACKING = "The network isn't to be used, and the store lacks";

    private final Store store;
    private final Progress progress;

    public Assembler(Store store, Progress progress) {
        this.store = store;
        this.progress = progress;
    }

    /** Builds. */
    public Osie assemble(BuildRequest request) {
        Osie osie = layOut(request);
        List<Segment> segments = new ArrayList<>();
        osie.ucode().ifPresent(ucode -> segments.add(Segment.ofArchive("ucode", ucode, store)));
        segments.addAll(new Packer(
                        store,
                        progress,
                        request.compression(),
                        osie.latestMtime(),
                        Runtime.getRuntime().availableProcessors())
                .pack(osie.parts().stream().map(Part::unit).toList()));
        return osie.packed(new Initramfs(segments));
    }

    /** Builds all but the initramfs, which stays empty: for outputs that are made of the files themselves. */
    public Osie layOut(BuildRequest request) {
        Composition composition = compose(request);
        Inputs inputs = inputs(request, composition);
        String composed = document(composition, inputs, FileEntry.Source::file);
        KernelImage kernel = inputs.kernel();
        return new Osie(
                composition.name(),
                request.architecture(),
                kernel.description(),
                kernel.vmlinuz(),
                kernel.ucode(),
                composition.document().kernel().map(KernelSection::cmdline).orElse(""),
                kernel.image().pinned().expanded(),
                inputs.epoch().getEpochSecond(),
                parts(request, composition, inputs, composed),
                new Initramfs(List.of()),
                composed,
                fileOrigins(composition.document(), kernel));
    }

    /**
     * Composes, and makes the images, so that each can be named by its digest.
     *
     * @param sources the path to write for a file of the host
     * @return plain LinuxKit YAML
     */
    public String compose(BuildRequest request, BiFunction<Composition, FileEntry.Source, String> sources) {
        Composition composition = compose(request);
        return document(composition, inputs(request, composition), source -> sources.apply(composition, source));
    }

    private static String document(Composition composition, Inputs inputs, Function<FileEntry.Source, String> sources) {
        return new LinuxKitWriter(name -> inputs.images().image(name).pinned().toString(), sources)
                .write(
                        composition.document(),
                        Optional.of(inputs.kernel().image().pinned().toString()));
    }

    /**
     * All that an OSIE is made of.
     *
     * @param epoch no file is newer
     */
    private record Inputs(DocumentImages images, KernelImage kernel, Instant epoch) {}

    private Inputs inputs(BuildRequest request, Composition composition) {
        OsieDocument document = composition.document();
        Sources sources = sources(request, composition);
        Optional<LockedPackages> locked = packages(request, sources);
        if (locked.isEmpty()) {
            offline(request).require(LACKING, () -> sources.missing(List.of(), store));
            return stored(request, document, new DocumentImages(Map.of(), sources.locked(), sources.images(), store));
        }
        LockedPackages packages = locked.get();
        Instant epoch = request.latestMtime()
                .map(Instant::ofEpochSecond)
                .orElse(sources.lock().orElseThrow().date());
        ImageBuilder builder =
                new ImageBuilder(store, sources.recipes(), packages, request.architecture(), epoch, progress);
        offline(request).require(LACKING, () -> {
            SortedSet<BinaryPackage> needed = builder.needed(document.recipes());
            sources.kernel().ifPresent(kernel -> needed.addAll(kernel.needed(store, packages, epoch)));
            return sources.missing(needed, store);
        });
        Optional<Aside<KernelImage>> chosen = sources.kernel()
                .map(kernel -> Aside.start("kernel", () -> kernel.build(store, packages, epoch, progress)));
        try {
            DocumentImages images =
                    new DocumentImages(builder.build(document.recipes()), sources.locked(), sources.images(), store);
            return new Inputs(images, chosen.map(Aside::result).orElseGet(() -> kernelOf(document, images)), epoch);
        } finally {
            chosen.ifPresent(Aside::close);
        }
    }

    private Sources sources(BuildRequest request, Composition composition) {
        OsieDocument document = composition.document();
        Recipes recipes = Recipes.in(request.project().images());
        requireInputs(request, composition);
        Optional<KernelChoice> choice = kernelChoice(request, document);
        ImageSupply supply = images(request, composition);
        LockRequest wanted = request(request, document, recipes, choice, supply);
        Optional<Lock> lock = wanted.isEmpty()
                ? Optional.empty()
                : Optional.of(lockPolicy(request, composition, supply).obtain(wanted));
        Map<String, Digest> locked = new TreeMap<>();
        wanted.images()
                .forEach(name -> locked.put(
                        name,
                        lock.flatMap(found -> found.image(name, request.architecture()))
                                .orElseThrow()));
        return new Sources(document, recipes, choice, supply, lock, locked);
    }

    /** Empty when the document is made of nothing but images. */
    private Optional<LockedPackages> packages(BuildRequest request, Sources sources) {
        boolean wanted =
                !sources.document().recipes().isEmpty() || sources.kernel().isPresent();
        return sources.lock()
                .filter(any -> wanted)
                .map(lock -> new LockedPackages(lock, request.architecture(), supply(request)));
    }

    /**
     * Brings all that a build needs from elsewhere into the store, also what this store could do without, as it has what earlier builds made of
     * it. A lock is made when there is none.
     *
     * @return the blobs
     */
    public SortedSet<Digest> fetch(BuildRequest request) {
        Sources sources = sources(request, compose(request));
        Optional<LockedPackages> locked = packages(request, sources);
        SortedSet<BinaryPackage> packages = locked.map(sources::packages).orElseGet(TreeSet::new);
        offline(request).require(LACKING, () -> sources.missing(packages, store));
        locked.ifPresent(source -> source.fetch(packages));
        SortedSet<Digest> blobs = sources.fetchImages(store);
        packages.forEach(binary -> blobs.add(binary.deb().digest()));
        return blobs;
    }

    private static Offline offline(BuildRequest request) {
        return new Offline(request.offline());
    }

    private ImageSupply images(BuildRequest request, Composition composition) {
        PackageTags packages = new PackageTags(composition);
        boolean offline = request.offline().isPresent();
        return new ImageSupply(request.registries(), offline, request.architecture(), packages, store, progress);
    }

    /** Finds out before any work is done whether there is everything of the project that the document names. */
    private static void requireInputs(BuildRequest request, Composition composition) {
        Problems problems = new Problems();
        new ProjectCheck(request.project(), problems).check(composition);
        problems.throwIfAny();
    }

    /** A document without recipes, such as a composed one, needs no packages; it is as old as its images. */
    private Inputs stored(BuildRequest request, OsieDocument document, DocumentImages images) {
        KernelImage kernel = kernelOf(document, images);
        Instant epoch = request.latestMtime()
                .map(Instant::ofEpochSecond)
                .orElseGet(() -> document.images().stream()
                        .map(images::image)
                        .flatMap(image -> image.config().creation().stream())
                        .max(Instant::compareTo)
                        .orElse(Instant.EPOCH));
        return new Inputs(images, kernel, epoch);
    }

    /** Resolves what the flavor needs against what the suites have today, and writes that as its lock. */
    public Lock lock(BuildRequest request) {
        Composition composition = compose(request);
        OsieDocument document = composition.document();
        Recipes recipes = Recipes.in(request.project().images());
        ImageSupply supply = images(request, composition);
        LockRequest wanted = request(request, document, recipes, kernelChoice(request, document), supply);
        return lockPolicy(request, composition, supply).renew(wanted);
    }

    private static Composition compose(BuildRequest request) {
        return new Composer(request.project().root()).compose(request.composition());
    }

    private LockPolicy lockPolicy(BuildRequest request, Composition composition, ImageSupply images) {
        Path file = request.lock().orElseGet(() -> composition.flavor().resolveSibling(LOCK));
        return new LockPolicy(file, supply(request), images, offline(request), progress);
    }

    private DebianSupply supply(BuildRequest request) {
        return new DebianSupply(
                request.mirror(), request.keyring(), request.offline().isPresent(), store, progress);
    }

    private static Optional<KernelChoice> kernelChoice(BuildRequest request, OsieDocument document) {
        Optional<OsieSection.Kernel> section = document.osie().flatMap(OsieSection::kernel);
        Optional<KernelSection> own =
                document.kernel().filter(kernel -> kernel.ucode().isPresent());
        if (section.isPresent() && own.isPresent()) {
            throw Problems.failure(
                    own.get().position(),
                    "'ucode' is a file of a kernel image, but osie.kernel builds the kernel from a package without one");
        }
        return section.map(kernel -> KernelChoice.of(request.project(), request.architecture(), kernel));
    }

    private static LockRequest request(
            BuildRequest request,
            OsieDocument document,
            Recipes recipes,
            Optional<KernelChoice> choice,
            ImageSupply images) {
        Optional<KernelDefinition> kernel = choice.map(KernelChoice::definition);
        return LockedPackages.request(
                request.architecture(), recipes, document.recipes(), kernel, images.unknown(document));
    }

    private KernelImage kernelOf(OsieDocument document, DocumentImages images) {
        KernelSection section = document.kernel()
                .filter(kernel -> kernel.image().isPresent())
                .orElseThrow(() -> badInput("The document names no kernel: expected osie.kernel.use or kernel.image."));
        return KernelImage.of(section, images.image(section.image().orElseThrow()), store);
    }

    private List<Part> parts(BuildRequest request, Composition composition, Inputs inputs, String composed) {
        OsieDocument document = composition.document();
        DocumentImages images = inputs.images();
        KernelImage kernel = inputs.kernel();
        long mtime = inputs.epoch().getEpochSecond();
        List<Image> init = document.init().stream().map(images::stackable).toList();
        Units units = new Units(store, request.layout(), mtime);
        kernel.modules().ifPresent(modules -> units.addModules(modules, kernel.image()));
        units.addInit(init);
        Bundles.of(document, images::container, composition::locate, request.layout(), mtime)
                .forEach(bundle -> units.addBundle(bundle, images));
        if (!document.embedded().isEmpty()) {
            units.addEmbedded(new EmbeddedImages(document.embedded(), images, store));
        }
        InitRoot root = new InitRoot(init, new LayerOutline(store), new ImageDefaults(mtime), composition, composed);
        units.addFiles(
                FilesTree.of(document, root, mtime),
                document.files().stream().map(FileEntry::path).toList());
        return units.all();
    }

    private static SortedMap<String, String> fileOrigins(OsieDocument document, KernelImage kernel) {
        SortedMap<String, String> origins = new TreeMap<>();
        String modules = Units.originOf(kernel.image());
        kernel.reasons().forEach((path, reason) -> origins.put(path, modules + ": " + reason));
        for (FileEntry file : document.files()) {
            origins.put(file.path(), file.position().toString());
        }
        if (!document.embedded().isEmpty()) {
            origins.put(EmbeddedImages.PATH, EmbeddedImages.positions(document.embedded()));
        }
        return origins;
    }
}
