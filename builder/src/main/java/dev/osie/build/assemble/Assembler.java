package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.compose.Composition;
import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.hardware.DriverCheck;
import dev.osie.build.image.ImageBuilder;
import dev.osie.build.initramfs.Initramfs;
import dev.osie.build.initramfs.Packer;
import dev.osie.build.initramfs.Segment;
import dev.osie.build.kernel.Kernel;
import dev.osie.build.kernel.KernelBuilder;
import dev.osie.build.kernel.SelectedModule;
import dev.osie.build.oci.Image;
import dev.osie.build.progress.Progress;
import dev.osie.build.runtime.Bundles;
import dev.osie.build.runtime.FilesTree;
import dev.osie.build.runtime.ImageDefaults;
import dev.osie.build.spec.ContainerEntry;
import dev.osie.build.spec.FileEntry;
import dev.osie.build.spec.ImageName;
import dev.osie.build.spec.KernelSection;
import dev.osie.build.spec.LinuxKitWriter;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.spec.OsieSection;
import dev.osie.build.store.Store;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Builds an OSIE: composes the documents, gets the packages the lock names, makes the kernel and the images, lays out the tree, and packs it.
 * Every step's result is in the store under the digests of its inputs, so a build does only what changed.
 */
public final class Assembler {
    private final Store store;
    private final Progress progress;
    private final Procurement procurement;

    public Assembler(Store store, Progress progress) {
        this.store = store;
        this.progress = progress;
        this.procurement = new Procurement(store, progress);
    }

    /** Builds a document that names a kernel. */
    public Osie assemble(BuildRequest request) {
        Composition composition = Procurement.compose(request);
        requireKernel(composition.document());
        Osie osie = layOut(request, composition);
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
        return layOut(request, Procurement.compose(request));
    }

    private Osie layOut(BuildRequest request, Composition composition) {
        Inputs inputs = inputs(request, composition);
        String composed = document(composition, inputs, FileEntry.Source::file);
        Optional<KernelImage> kernel = inputs.kernel();
        return new Osie(
                composition.name(),
                request.architecture(),
                kernel.map(KernelImage::description).orElse(""),
                kernel.map(KernelImage::vmlinuz),
                kernel.flatMap(KernelImage::ucode),
                kernel.flatMap(KernelImage::made).flatMap(Kernel::deviceTrees),
                composition.document().kernel().map(KernelSection::cmdline).orElse(""),
                kernel.map(found -> found.image().pinned().expanded()).orElse(""),
                inputs.epoch().getEpochSecond(),
                parts(request, composition, inputs, composed),
                new Initramfs(List.of()),
                composed,
                laidOut(composition.document(), inputs.images()),
                fileOrigins(composition.document(), kernel));
    }

    /**
     * Composes, and makes the images, so that each can be named by its digest.
     *
     * @param sources the path to write for a file of the host
     * @return plain LinuxKit YAML
     */
    public String compose(BuildRequest request, BiFunction<Composition, FileEntry.Source, String> sources) {
        Composition composition = Procurement.compose(request);
        return document(composition, inputs(request, composition), source -> sources.apply(composition, source));
    }

    private static String document(Composition composition, Inputs inputs, Function<FileEntry.Source, String> sources) {
        return new LinuxKitWriter(name -> inputs.images().image(name).pinned().toString(), sources)
                .write(
                        composition.document(),
                        inputs.kernel().map(kernel -> kernel.image().pinned().toString()),
                        inputs.kernel().flatMap(KernelImage::ucode).map(any -> KernelBuilder.UCODE));
    }

    /**
     * All that an OSIE is made of.
     *
     * @param epoch no file is newer
     */
    private record Inputs(DocumentImages images, Optional<KernelImage> kernel, Instant epoch) {}

    private Inputs inputs(BuildRequest request, Composition composition) {
        OsieDocument document = composition.document();
        Sources sources = procurement.sources(request, composition);
        Optional<LockedPackages> locked = procurement.packages(request, sources);
        if (locked.isEmpty()) {
            Procurement.offline(request).require(Offline.LACKING, () -> sources.missing(List.of(), store));
            return stored(request, document, new DocumentImages(Map.of(), sources.others(), store));
        }
        LockedPackages packages = locked.get();
        Instant epoch = request.latestMtime().map(Instant::ofEpochSecond).orElseGet(() -> date(sources));
        ImageBuilder builder =
                new ImageBuilder(store, sources.recipes(), packages, request.architecture(), epoch, progress);
        Procurement.offline(request).require(Offline.LACKING, () -> {
            SortedSet<BinaryPackage> needed = builder.needed(document.recipes());
            sources.kernel().ifPresent(kernel -> needed.addAll(kernel.needed(store, packages, epoch)));
            return sources.missing(needed, store);
        });
        Optional<Aside<KernelImage>> chosen = sources.kernel()
                .map(kernel -> Aside.start("kernel", () -> kernel.build(store, packages, epoch, progress)));
        try {
            DocumentImages images = new DocumentImages(builder.build(document.recipes()), sources.others(), store);
            return new Inputs(images, chosen.map(Aside::result).or(() -> kernelOf(request, document, images)), epoch);
        } finally {
            chosen.ifPresent(Aside::close);
        }
    }

    /** As old as its packages; what is made of images and files alone is as old as the images. */
    private Instant date(Sources sources) {
        return sources.lock().suites().isEmpty()
                ? newest(sources.document(), new DocumentImages(Map.of(), sources.others(), store))
                : sources.lock().date();
    }

    private static Instant newest(OsieDocument document, DocumentImages images) {
        return document.images().stream()
                .map(images::image)
                .flatMap(image -> image.config().creation().stream())
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
    }

    /** A document without recipes, such as a composed one, needs no packages; it is as old as its images. */
    private Inputs stored(BuildRequest request, OsieDocument document, DocumentImages images) {
        Optional<KernelImage> kernel = kernelOf(request, document, images);
        Instant epoch = request.latestMtime().map(Instant::ofEpochSecond).orElseGet(() -> newest(document, images));
        return new Inputs(images, kernel, epoch);
    }

    /** Builds all but the initramfs, and compares the files with what the kernel has. */
    public DriverCheck drivers(BuildRequest request) {
        Composition composition = Procurement.compose(request);
        requireKernel(composition.document());
        Inputs inputs = inputs(request, composition);
        Stream<String> root = parts(request, composition, inputs, "").stream()
                .map(Part::unit)
                .filter(unit -> unit.prefixes().contains(""))
                .flatMap(unit -> unit.tree().get().nodes().keySet().stream());
        return new DriverCheck(inputs.kernel().orElseThrow().drivers().get(), root);
    }

    /** The kernel modules of an OSIE, by path. Those of a kernel image have no other reason than that the image has them. */
    public List<SelectedModule> modules(BuildRequest request) {
        Composition composition = Procurement.compose(request);
        requireKernel(composition.document());
        KernelImage kernel = inputs(request, composition).kernel().orElseThrow();
        if (kernel.made().isPresent()) {
            return kernel.made().get().selected();
        }
        String reason = "of the image " + kernel.image().name();
        return kernel.drivers().get().drivers().stream()
                .filter(driver -> !driver.isBuiltIn())
                .map(driver -> new SelectedModule(driver.path(), reason, driver.firmware()))
                .toList();
    }

    private static void requireKernel(OsieDocument document) {
        if (document.kernel().flatMap(KernelSection::image).isEmpty()
                && document.osie().flatMap(OsieSection::kernel).isEmpty()) {
            throw badInput("The document names no kernel: expected osie.kernel.use or kernel.image.")
                    .hint("Perhaps no machine shall boot it: a tar archive needs no kernel, --format tar.");
        }
    }

    private Optional<KernelImage> kernelOf(BuildRequest request, OsieDocument document, DocumentImages images) {
        return document.kernel()
                .filter(section -> section.image().isPresent())
                .map(section -> KernelImage.of(
                        section, images.image(section.image().orElseThrow()), request.architecture(), store));
    }

    private List<Part> parts(BuildRequest request, Composition composition, Inputs inputs, String composed) {
        OsieDocument document = composition.document();
        DocumentImages images = inputs.images();
        long mtime = inputs.epoch().getEpochSecond();
        List<Image> init = document.init().stream().map(images::stackable).toList();
        Units units = new Units(store, request.layout(), mtime);
        inputs.kernel().ifPresent(units::addKernel);
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

    private static SortedMap<String, Image> laidOut(OsieDocument document, DocumentImages images) {
        Stream<ImageName> volumes = document.volumes().stream().flatMap(volume -> volume.image().stream());
        Stream<ImageName> containers = document.containers().stream().map(ContainerEntry::image);
        SortedMap<String, Image> laidOut = new TreeMap<>();
        Stream.of(document.init().stream(), volumes, containers)
                .flatMap(names -> names)
                .forEach(name -> laidOut.put(name.text(), images.stackable(name)));
        return laidOut;
    }

    private static SortedMap<String, String> fileOrigins(OsieDocument document, Optional<KernelImage> kernel) {
        SortedMap<String, String> origins = new TreeMap<>();
        kernel.ifPresent(found -> {
            String modules = Units.originOf(found.image());
            found.made()
                    .ifPresent(made -> made.selected()
                            .forEach(module -> origins.put(made.path(module), modules + ": " + module.reason())));
            found.firmware().ifPresent(firmware -> origins.putAll(firmware.origins()));
        });
        for (FileEntry file : document.files()) {
            origins.put(file.path(), file.position().toString());
        }
        if (!document.embedded().isEmpty()) {
            origins.put(EmbeddedImages.PATH, EmbeddedImages.positions(document.embedded()));
        }
        return origins;
    }
}
