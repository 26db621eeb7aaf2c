package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.initramfs.Unit;
import dev.osie.build.kernel.Firmware;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.LayoutTree;
import dev.osie.build.runtime.Bundle;
import dev.osie.build.runtime.ImageDefaults;
import dev.osie.build.runtime.ImageLayout;
import dev.osie.build.runtime.ImageTree;
import dev.osie.build.runtime.ImageTree.Form;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Cuts an OSIE's file tree into units, lowest first, and remembers where each comes from. */
final class Units {
    static final String LAYERS = "containers/layers/";

    private final Store store;
    private final ImageLayout layout;
    private final ImageTrees trees;
    private final ImageDefaults defaults;
    private final List<Part> lowest = new ArrayList<>();
    private final Map<Blob, Placement> layers = new LinkedHashMap<>();
    private final Map<String, Blob> byDirectory = new HashMap<>();
    private final List<Part> upper = new ArrayList<>();

    /** Where a layer goes. An image's layer lies at the root, below {@code containers/layers}, or both. */
    private record Placement(Image.Layer layer, Provenance first, Set<String> prefixes) {}

    /** What asked for something, as {@link Part} has it. */
    private record Provenance(String source, String location) {}

    Units(Store store, ImageLayout layout, long mtime) {
        this.store = store;
        this.layout = layout;
        this.trees = new ImageTrees(store, mtime);
        this.defaults = new ImageDefaults(mtime);
    }

    /** Modules are compressed one by one, so they stay as they are, at the front. */
    void addKernel(KernelImage kernel) {
        kernel.modules()
                .ifPresent(modules -> addKernelPart(
                        Unit.of("modules", modules.digest(), () -> tree(modules))
                                .uncompressed(),
                        originOf(kernel.image()),
                        kernel));
        kernel.firmware()
                .map(Firmware::layer)
                .ifPresent(firmware -> addKernelPart(
                        Unit.of("firmware", firmware.digest(), () -> tree(firmware)), "the modules' firmware", kernel));
    }

    private void addKernelPart(Unit unit, String origin, KernelImage kernel) {
        lowest.add(new Part(unit, origin, kernel.image().pinned().expanded(), "kernel", List.of()));
    }

    /** The images that are laid over the root, lowest first. */
    void addInit(List<Image> images) {
        for (int i = 0; i < images.size(); i++) {
            Image image = images.get(i);
            Provenance provenance = new Provenance(image.pinned().expanded(), "init[" + i + "]");
            if (layout == ImageLayout.SHARED) {
                image.layers().forEach(layer -> place(layer, provenance, ""));
            } else {
                Unit unit =
                        Unit.of("init " + i, trees.identity(image, Form.VOLUME), () -> trees.tree(image, Form.VOLUME));
                upper.add(part(unit, image, provenance));
            }
        }
        if (layout == ImageLayout.SHARED && !images.isEmpty()) {
            addTree("lowest of the root", defaults.lowest(), new Provenance("", "init"), lowest);
            addTree("defaults of the root", defaults.host(), new Provenance("", "init"), upper);
        }
        PackageDatabases.of(images, store)
                .ifPresent(tree ->
                        addTree("lib/apk/db/installed", tree, new Provenance("LINUXKIT.apkinit", "init"), upper));
    }

    /** The layers of an image that a container or volume has, once they are shared. */
    private void addContainerLayers(Image image, Provenance provenance) {
        image.layers().forEach(layer -> place(layer, provenance, LAYERS + DocumentImages.layerId(layer)));
    }

    private void place(Image.Layer layer, Provenance provenance, String prefix) {
        // The directory of a layer has the beginning of its digest for a name: somebody may make another layer of that
        // beginning.
        Blob named = byDirectory.putIfAbsent(DocumentImages.layerId(layer), layer.blob());
        if (named != null && !named.equals(layer.blob())) {
            throw badInput("The layers " + named.digest() + " and "
                            + layer.blob().digest() + " would lie in one directory, as their digests begin alike.")
                    .hint("Perhaps lay images out one by one: --layers flat");
        }
        layers.computeIfAbsent(layer.blob(), any -> new Placement(layer, provenance, new LinkedHashSet<>()))
                .prefixes()
                .add(prefix);
    }

    /** A bundle, and its image: as a whole where the bundle says so, else as shared layers. */
    void addBundle(Bundle bundle, DocumentImages images) {
        String source = bundle.source()
                .map(name -> images.image(name).pinned().expanded())
                .orElse("linuxkit.volumes");
        Provenance provenance = new Provenance(source, bundle.location());
        if (bundle.image().isPresent()) {
            ImageTree tree = bundle.image().get();
            Image image = images.image(tree.image());
            Provenance whole = new Provenance(image.pinned().expanded(), bundle.location());
            upper.add(part(unit(tree, images), image, whole));
        } else if (layout == ImageLayout.SHARED) {
            bundle.source().map(images::stackable).ifPresent(image -> addContainerLayers(image, provenance));
        }
        addTree(bundle.directory(), bundle.tree(), provenance, upper);
    }

    private Unit unit(ImageTree tree, DocumentImages images) {
        boolean whole = tree.form() == Form.OCI_LAYOUT;
        Image image = whole ? images.image(tree.image()) : images.stackable(tree.image());
        Digest identity = whole
                ? Digest.ofText("image layout 1 " + image.pinned() + " " + tree.platforms())
                : trees.identity(image, tree.form());
        Supplier<Tree> content =
                whole ? () -> LayoutTree.of(store, image, tree.platforms()) : () -> trees.tree(image, tree.form());
        return Unit.of(tree.directory(), identity, content).at(tree.directory());
    }

    /** @param paths that entries of {@code files} ask for, in their order */
    void addFiles(Tree files, List<String> paths) {
        if (!files.nodes().isEmpty()) {
            upper.add(new Part(unit("files", files), "files", "linuxkit.files", "files", paths));
        }
    }

    void addEmbedded(EmbeddedImages images) {
        upper.add(new Part(images.unit(), images.origin(), "osie.embed", "osie.embed", List.of()));
    }

    private void addTree(String name, Tree tree, Provenance provenance, List<Part> parts) {
        parts.add(new Part(unit(name, tree), name, provenance.source(), provenance.location(), List.of()));
    }

    private static Unit unit(String name, Tree tree) {
        return Unit.of(name, digest(tree), () -> tree);
    }

    private static Part part(Unit unit, Image image, Provenance provenance) {
        return new Part(unit, originOf(image), provenance.source(), provenance.location(), List.of());
    }

    List<Part> all() {
        List<Part> all = new ArrayList<>(lowest);
        layers.forEach((blob, placement) -> {
            Unit unit = new Unit(
                    "layer " + blob.digest().hex(),
                    blob.digest(),
                    List.copyOf(placement.prefixes()),
                    false,
                    () -> tree(blob));
            Provenance first = placement.first();
            all.add(new Part(unit, placement.layer().origin(), first.source(), first.location(), List.of()));
        });
        all.addAll(upper);
        return all;
    }

    /** What an image was made from, for people. */
    static String originOf(Image image) {
        return image.layers().stream()
                .map(Image.Layer::origin)
                .filter(origin -> !origin.isEmpty())
                .findFirst()
                .orElse(image.name().toString());
    }

    private Tree tree(Blob blob) {
        return TarLayer.read(store, blob.digest()).tree();
    }

    /** The digest of all that a tree is. Its files are small, or the user's own, which may have changed since the last build. */
    private static Digest digest(Tree tree) {
        MessageDigest sha256 = Digest.newSha256();
        TarLayer.write(tree, new DigestOutputStream(OutputStream.nullOutputStream(), sha256));
        return Digest.finish(sha256);
    }
}
