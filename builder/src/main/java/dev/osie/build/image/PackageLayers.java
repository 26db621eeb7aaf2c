package dev.osie.build.image;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.DebReader;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.util.List;
import java.util.Optional;

/**
 * Makes a layer of a Debian package: the files it installs, with their owners, modes, links and devices, less those the filter drops.
 * Maintainer scripts are not run.
 */
final class PackageLayers {
    /** Rises when the same package gives another layer. */
    static final int VERSION = 3;

    private final Store store;
    private final LayerCache cache;
    private final long epoch;

    /** @param epoch latest modification time, in seconds since 1970 */
    PackageLayers(Store store, LayerCache cache, long epoch) {
        this.store = store;
        this.cache = cache;
        this.epoch = epoch;
    }

    /** Whether the layer was made earlier, so that the package's file isn't needed. */
    boolean isMade(BinaryPackage binary, FileFilter filter) {
        return cache.recall(key(binary, filter)).isPresent();
    }

    /** The layer; none for a package without files that the filter lets through. */
    Optional<Blob> layer(BinaryPackage binary, FileFilter filter) {
        return cache.get(key(binary, filter), () -> make(binary, filter)).stream()
                .findFirst();
    }

    private StepKey key(BinaryPackage binary, FileFilter filter) {
        return StepKey.of("package layer", VERSION)
                .with("package", binary.deb().digest())
                .with("filter", filter)
                .with("epoch", epoch);
    }

    private List<Blob> make(BinaryPackage binary, FileFilter filter) {
        try (Scratch scratch = store.scratch()) {
            Tree installed = UsrMerge.apply(DebReader.read(store, binary, scratch));
            Tree tree = clamped(filter.apply(installed), epoch);
            return tree.nodes().isEmpty() ? List.of() : List.of(store.write(out -> TarLayer.write(tree, out)));
        }
    }

    /** The same tree with no modification time after the epoch. */
    static Tree clamped(Tree tree, long epoch) {
        Tree.Builder clamped = new Tree.Builder();
        tree.nodes().forEach((path, node) -> clamped.put(path, clamped(node, epoch)));
        return clamped.build(epoch);
    }

    static Node clamped(Node node, long epoch) {
        if (node instanceof Node.Directory directory) {
            return new Node.Directory(directory.attributes().clamped(epoch));
        } else if (node instanceof Node.RegularFile file) {
            return new Node.RegularFile(file.attributes().clamped(epoch), file.content());
        } else if (node instanceof Node.Symlink link) {
            return new Node.Symlink(link.attributes().clamped(epoch), link.target());
        } else if (node instanceof Node.Device device) {
            Attributes attributes = device.attributes().clamped(epoch);
            return new Node.Device(attributes, device.kind(), device.major(), device.minor());
        } else if (node instanceof Node.Fifo fifo) {
            return new Node.Fifo(fifo.attributes().clamped(epoch));
        }
        return node;
    }
}
