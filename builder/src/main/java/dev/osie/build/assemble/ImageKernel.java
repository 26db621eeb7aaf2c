package dev.osie.build.assemble;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.kernel.KernelOrigin;
import dev.osie.build.kernel.KernelTree;
import dev.osie.build.lock.PackageSet;
import dev.osie.build.oci.Image;
import dev.osie.build.platform.Architecture;
import dev.osie.build.spec.ImageName;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A kernel out of an image of LinuxKit's form. */
record ImageKernel(KernelOrigin.LinuxKitImage origin, Architecture architecture) implements KernelSupply {
    private static final String KERNEL = "kernel";
    private static final String MODULES = "kernel.tar";
    private static final String DEVICE_TREES = "dtbs";

    @Override
    public List<PackageSet> sets() {
        return List.of();
    }

    @Override
    public List<BinaryPackage> packages(LockedPackages locked) {
        return List.of();
    }

    @Override
    public List<ImageName> images() {
        return List.of(name());
    }

    private ImageName name() {
        KernelOrigin.Reference reference = origin.reference(architecture);
        return new ImageName(reference.name(), reference.position());
    }

    @Override
    public KernelTree tree(LockedPackages locked, Store store) {
        Image image = locked.image(name());
        String layers = image.layers().stream()
                .map(layer -> layer.blob().digest().toString())
                .collect(Collectors.joining(" "));
        String name = image.pinned().toString();
        return new KernelTree(
                Digest.ofText("kernel image " + layers),
                name,
                "image",
                scratch -> tree(files(image, store), name, store));
    }

    private KernelImageFiles files(Image image, Store store) {
        return new KernelImageFiles(image, name().position(), store);
    }

    private static Tree tree(KernelImageFiles files, String name, Store store) {
        Tree modules = TarLayer.read(store, files.archive(MODULES).digest()).tree();
        return KernelTree.laidOut(files.node(KERNEL), modules, deviceTrees(files, store), name);
    }

    private static Tree deviceTrees(KernelImageFiles files, Store store) {
        String archive = DEVICE_TREES + ".tar";
        return files.tree().get(archive).isPresent()
                ? TarLayer.read(store, files.archive(archive).digest()).tree()
                : below(files.tree(), DEVICE_TREES + "/");
    }

    private static Tree below(Tree tree, String directory) {
        Tree.Builder found = new Tree.Builder();
        tree.nodes().forEach((path, node) -> {
            if (path.startsWith(directory) && node instanceof Node.RegularFile) {
                found.put(path.substring(directory.length()), node);
            }
        });
        return found.build(0);
    }

    @Override
    public Optional<Blob> ucode(LockedPackages locked, Store store) {
        return origin.ucode()
                .map(ucode -> new KernelImageFiles(locked.image(name()), ucode.position(), store).file(ucode.name()));
    }

    @Override
    public boolean isSelected() {
        return true;
    }
}
