package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.oci.Image;
import dev.osie.build.spec.KernelSection;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Layer;
import dev.osie.build.tree.LayerFlattener;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import dev.osie.build.yaml.Problems;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * A kernel and what goes with it, as LinuxKit's kernel images have it.
 *
 * @param description for people
 * @param vmlinuz the kernel
 * @param modules uncompressed tar archive that is laid over the root
 * @param image by which a document names the kernel
 */
record KernelImage(String description, Blob vmlinuz, Optional<Blob> modules, Image image) {
    /** Takes the kernel out of an image: the files that the section {@code kernel} names, at the image's root. */
    static KernelImage of(KernelSection section, Image image, Store store) {
        if (section.ucode().isPresent()) {
            throw badInput(section.position() + ": this version puts no microcode (ucode) into an initramfs");
        }
        List<Layer> layers = image.layers().stream()
                .map(layer -> TarLayer.read(store, layer.blob().digest()))
                .toList();
        Tree tree = LayerFlattener.flatten(layers);
        return new KernelImage(
                image.name().toString(),
                file(tree, section.binary(), section, image, store),
                section.tar().map(name -> file(tree, name, section, image, store)),
                image);
    }

    private static Blob file(Tree tree, String name, KernelSection section, Image image, Store store) {
        if (tree.get(name).orElse(null) instanceof Node.RegularFile file) {
            return store.write(out -> {
                try (InputStream in = file.content().open()) {
                    in.transferTo(out);
                }
            });
        }
        throw Problems.failure(
                section.position(),
                "the kernel image " + image.name() + " has no file '" + name
                        + "' at its root; it has "
                        + String.join(
                                ", ", tree.nodes().keySet().stream().limit(8).toList()));
    }
}
